using System.Buffers.Binary;
using System.Text;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>A message as it lies in a segment.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Key">Its key.</param>
/// <param name="BatchPosition">Where the batch that holds it begins.</param>
/// <param name="BatchEnd">Where that batch ends.</param>
internal sealed record StoredRecord(long Offset, string Key, long BatchPosition, long BatchEnd);

/// <summary>
/// Reads a segment's bytes as docs/format.md draws them, and checks no checksum: what it finds is what was meant to
/// be there. Shares no code with fiq.
/// </summary>
internal static class SegmentBytes
{
    private const int SegmentHeaderSize = 256;
    private const int BatchHeaderSize = 128;
    private const int RecordHeaderSize = 64;

    /// <summary>The end that a segment's header states of the one before: ordinal, and position there.</summary>
    public static (long Ordinal, long Position)? StatedEnd(ReadOnlySpan<byte> segment) =>
        segment.Length >= SegmentHeaderSize && segment.StartsWith("FIQSEG1\n"u8)
            ? (Int64(segment, 56), Int64(segment, 64))
            : null;

    public static IEnumerable<StoredRecord> Records(byte[] segment)
    {
        var records = new List<StoredRecord>();
        long position = SegmentHeaderSize;
        while (position + BatchHeaderSize <= segment.Length && IsBatch(segment.AsSpan((int)position)))
        {
            var batch = segment.AsSpan((int)position);
            var size = BatchHeaderSize + Int32(batch, 36);
            if (size > batch.Length)
            {
                break;
            }

            if (batch[4] == 1)
            {
                AddRecords(records, batch[..size], position);
            }

            position += size;
        }

        return records;
    }

    public static bool IsBatch(ReadOnlySpan<byte> bytes) => bytes.StartsWith("FIQB"u8);

    private static void AddRecords(List<StoredRecord> records, ReadOnlySpan<byte> batch, long position)
    {
        var first = Int64(batch, 24);
        var count = Int32(batch, 32);
        var body = batch[BatchHeaderSize..];
        for (var number = 0; number < count; number++)
        {
            var key = body.Slice(RecordHeaderSize, BinaryPrimitives.ReadUInt16LittleEndian(body[48..]));
            records.Add(new StoredRecord(
                first + number, Encoding.UTF8.GetString(key), position, position + batch.Length));
            body = body[Int32(body, 0)..];
        }
    }

    private static int Int32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
