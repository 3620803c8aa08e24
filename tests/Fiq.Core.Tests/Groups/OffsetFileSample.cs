using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>A small offset file: a snapshot and two deltas. Kept small so that every bit of it can be tried.</summary>
internal static class OffsetFileSample
{
    public const ulong QueueId = 0x0123_4567_89AB_CDEF;

    public static readonly OffsetFileHeader Header = new(QueueId, 1);

    /// <summary>The states that the file goes through, one per record.</summary>
    public static IReadOnlyList<string> States { get; } =
    [
        "floor 3 cursor 10 micros 500 settled [4,6)",
        "floor 6 cursor 12 micros 700 settled [7,8)",
        "floor 6 cursor 200000 micros 900 settled [7,8) [65536,131074)",
    ];

    /// <summary>The file; <paramref name="spare"/> zeros follow, as room set aside.</summary>
    public static byte[] Make(int spare = 32)
    {
        var bytes = new List<byte>();
        var head = new byte[OffsetFileHeader.Length];
        var crc = Header.Encode(head);
        bytes.AddRange(head);
        Add(bytes, OffsetRecordKind.Snapshot, ref crc, 1, new OffsetSums(3, 10, 5, 500), new OffsetRun(4, 6));
        var second = new OffsetSums(6, 12, 7, 700);
        Add(bytes, OffsetRecordKind.Delta, ref crc, 2, second, new OffsetRun(3, 4), new OffsetRun(7, 8));
        var third = new OffsetSums(6, 200_000, 65_545, 900);
        Add(bytes, OffsetRecordKind.Delta, ref crc, 3, third, new OffsetRun(65_536, 131_074));
        bytes.AddRange(new byte[spare]);
        return [.. bytes];
    }

    public static void Add(
        List<byte> bytes,
        OffsetRecordKind kind,
        ref uint crc,
        ulong sequence,
        OffsetSums sums,
        params OffsetRun[] runs)
    {
        var set = new OffsetSet();
        foreach (var run in runs)
            set.AddRun(run);
        bytes.AddRange(OffsetRecord.Encode(
            kind, crc, sequence, sums, OffsetSetCodec.Encode(set), Header.Secret, out crc));
    }

    public static OffsetFileContent Read(byte[] bytes) => OffsetFileReader.Decode(bytes, "offset", QueueId);

    /// <summary>What a file says, as text.</summary>
    public static string Describe(OffsetFileContent content)
    {
        var runs = content.Settled.Runs()
            .Select(run => run with { From = Math.Max(run.From, content.Sums.Floor) })
            .Where(run => run.From < run.To)
            .Select(run => $" [{run.From},{run.To})");
        var (floor, cursor, _, micros) = content.Sums;
        return $"floor {floor} cursor {cursor} micros {micros} settled{string.Concat(runs)}";
    }
}
