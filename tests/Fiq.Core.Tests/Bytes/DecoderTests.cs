using System.Buffers.Binary;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>
/// Decoders of arbitrary bytes, with checksums made right so that what lies behind them is met: they answer or refuse,
/// and never allocate more than a small multiple of what they were given.
/// </summary>
public sealed class DecoderTests
{
    private const int Rounds = 30_000;
    private const ulong Secret = 0xFEDC_BA98_7654_3210;
    private const ulong QueueId = 42;

    [Fact]
    public void A_batch_header_of_any_bytes_is_none_or_has_bounds_that_hold()
    {
        byte[] good = new byte[BatchHeader.Size];
        var header = new BatchHeader
        {
            Kind = BatchKind.Data,
            Ordinal = 3,
            Position = 512,
            BaseOffset = 9,
            Count = 2,
            BodyLength = 160,
        };
        header.Encode(good, Secret);
        int valid = 0;
        ForEach(good, BatchHeader.Size - 4, Secret, 64, bytes =>
        {
            if (!BatchHeader.TryDecode(bytes, Secret, 3, 512, out BatchHeader read)) return;
            valid++;
            (read.Ordinal, read.Position).Should().Be((3, 512));
            read.BodyLength.Should().BeInRange(0, BatchHeader.BodySizeMax);
            read.EndPosition.Should().BeGreaterThan(512);
            read.Encode(new byte[BatchHeader.Size], Secret).EndPosition.Should().Be(read.EndPosition);
        });
        valid.Should().BeGreaterThan(100, "some changes are lawful");
    }

    [Fact]
    public void A_segment_header_of_any_bytes_is_read_or_refused_as_damaged_or_newer()
    {
        byte[] good = new byte[SegmentHeader.Size];
        var header = new SegmentHeader
        {
            QueueId = QueueId,
            Ordinal = 2,
            BaseOffset = 5,
            Secret = Secret,
            CreatedMicroseconds = 1,
            Previous = new SegmentEnd(1, 1000, 5, 77, EndReason.Full),
            Sums = new RunningSums(5, 400, 0),
            BornPosition = 400,
            BornOffset = 5,
        };
        header.Encode(good);
        SegmentHeader.Decode("f", good).Should().Be(header);
        ForEach(good, SegmentHeader.Size - 4, secret: null, 4096, bytes =>
            Refused(() => SegmentHeader.Decode("f", bytes)));
    }

    [Fact]
    public void A_record_of_any_bytes_is_none_or_lies_within_them()
    {
        var message = new Message
        {
            Key = MessageKey.Parse("key"),
            Body = "a body"u8.ToArray(),
            Headers = MessageHeaders.Create([new("name", "value")]),
        };
        byte[] good = new byte[RecordCodec.SizeOf(message)];
        RecordCodec.Encode(message, 1, good);
        ForEach(good, crcAt: null, secret: null, 4096, bytes =>
        {
            int size = RecordCodec.PeekSize(bytes);
            size.Should().BeInRange(0, bytes.Length);
            if (size == 0 || RecordCodec.TryDecode(bytes.AsMemory(0, size)) is not Message read) return;
            (read.Body.Length + read.Key.Bytes.Length + read.Headers.Encoded.Length).Should().BeLessThan(size);
            read.Headers.Pairs().Count().Should().BeLessThan(size);
        });
    }

    [Fact]
    public void An_offset_record_of_any_bytes_is_none_or_lies_within_them()
    {
        byte[] good = Record(new OffsetSums(3, 10, 5, 500), new OffsetRun(4, 6));
        ForEach(good, 64, Secret, 4096, bytes =>
        {
            if (OffsetRecord.TryDecode(bytes, Secret) is not { } read) return;
            read.Length.Should().BeInRange(OffsetRecord.HeaderLength, bytes.Length);
            read.PayloadLength.Should().BeInRange(0, bytes.Length - OffsetRecord.HeaderLength);
        });
    }

    [Fact]
    public void A_set_of_offsets_of_any_bytes_is_refused_or_holds_only_what_it_may()
    {
        var set = new OffsetSet();
        set.AddRun(new OffsetRun(100, 400));
        set.AddRun(new OffsetRun(70_000, 270_000));
        for (int i = 0; i < 20_000; i += 2) set.AddRun(new OffsetRun(300_000 + i, 300_001 + i));
        byte[] good = OffsetSetCodec.Encode(set);
        var again = new OffsetSet();
        OffsetSetCodec.TryDecodeInto(again, good, 0, 400_000).Should().BeTrue();
        again.Runs().Should().Equal(set.Runs());
        // A chunk of 8 KiB may stand in 24 bytes; full ones share theirs.
        ForEach(good.AsSpan(0, 200).ToArray(), crcAt: null, secret: null, 200 * 1024, bytes =>
        {
            var read = new OffsetSet();
            if (!OffsetSetCodec.TryDecodeInto(read, bytes, 50, 400_000)) return;
            read.Runs().All(run => run.From < run.To && run.To <= 400_000).Should().BeTrue();
        });
    }

    [Fact]
    public void An_offset_file_of_any_bytes_is_read_or_refused()
    {
        var bytes = new List<byte>();
        byte[] head = new byte[OffsetFileHeader.Length];
        new OffsetFileHeader(QueueId, 1).Encode(head);
        bytes.AddRange(head);
        bytes.AddRange(Record(new OffsetSums(3, 10, 5, 500), new OffsetRun(4, 6)));
        ForEach([.. bytes], 60, secret: null, 64 * 1024, file =>
            Refused(() => OffsetFileReader.Decode(file, "f", QueueId)));
    }

    [Fact]
    public void A_footer_of_any_bytes_is_none_or_read_within_its_bounds()
    {
        var footer = new Footer { NotBeforeMin = 5, Sums = new RunningSums(1, 2, 3) };
        footer.Index.Add(new SparseIndex.Entry(5, 400));
        byte[] good = footer.Encode(QueueId, 2);
        var header = new byte[SegmentHeader.Size];
        var disk = new MemoryDisk();
        using IDirectory folder = disk.CreateDirectory("/q");
        var noise = new Noise(5);
        for (int i = 0; i < Rounds / 10; i++)
        {
            byte[] bytes = noise.Changed(good);
            if (bytes.Length > 40 && noise.Next(2) == 0)
                BinaryPrimitives.WriteUInt32LittleEndian(
                    bytes.AsSpan(32), Crc32C.Compute(Crc32C.Compute(bytes.AsSpan(0, 32)), bytes.AsSpan(40)));
            disk.Put("/q/s", [.. header, .. bytes]);
            using IFile file = folder.TryOpenFile("s", writable: false)!;
            using SegmentFile segment = SegmentFile.Adopt(file, HeaderOf(2));
            Footer? read = Footer.TryRead(segment, header.Length);
            (read?.Index.Entries.Count ?? 0).Should().BeLessThan(20);
        }
    }

    private static SegmentHeader HeaderOf(long ordinal) => new()
    {
        QueueId = QueueId,
        Ordinal = ordinal,
        BaseOffset = 5,
        Secret = Secret,
        CreatedMicroseconds = 1,
        Previous = default,
        Sums = default,
        BornPosition = 400,
        BornOffset = 5,
    };

    private static byte[] Record(OffsetSums sums, OffsetRun run)
    {
        var set = new OffsetSet();
        set.AddRun(run);
        return OffsetRecord.Encode(OffsetRecordKind.Snapshot, 1, 1, sums, OffsetSetCodec.Encode(set), Secret, out _);
    }

    private static void Refused(Action decode)
    {
        try
        {
            decode();
        }
        catch (FiqException error)
        {
            error.Code.Should().BeOneOf(ErrorCode.Damaged, ErrorCode.Unsupported);
        }
    }

    /// <summary>Noise, changed bytes, and changed bytes under a checksum that is right again.</summary>
    private static void ForEach(byte[] good, int? crcAt, ulong? secret, long allocatedMax, Action<byte[]> decode)
    {
        var noise = new Noise(4711);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = round % 8 == 0 ? noise.Bytes(600) : noise.Changed(good);
            if (crcAt is int at && bytes.Length >= at + 4 && round % 2 == 0)
            {
                uint crc = secret is ulong seed
                    ? Crc32C.Compute(seed, bytes.AsSpan(0, at))
                    : Crc32C.Compute(bytes.AsSpan(0, at));
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), crc);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            decode(bytes);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // The first rounds pay for what is made once.
            if (round > 1000 && allocated > allocatedMax + 40_000)
                throw new InvalidOperationException($"round {round}: {allocated} bytes for {bytes.Length}");
        }
    }
}
