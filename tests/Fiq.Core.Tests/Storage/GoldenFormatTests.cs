using System.Buffers.Binary;
using Fiq.Files;
using Fiq.Storage;
using Fiq.Storage.Producers;
using Fiq.Tests.Doubles;
using Fiq.Tests.Golden;

namespace Fiq.Tests.Storage;

/// <summary>
/// What lies on people's disks, byte for byte. Written anew by
/// `FIQ_WRITE_GOLDEN=1 dotnet test tests/Fiq.Core.Tests --filter Golden`, only when the format is meant to change.
/// </summary>
public sealed class GoldenFormatTests
{
    private const ulong Secret = 0xFEDC_BA98_7654_3210;

    private static readonly SegmentHeader Header = new()
    {
        QueueId = LogRig.QueueId,
        Ordinal = 7,
        BaseOffset = 83_212,
        Previous = new SegmentEnd(6, 67_108_000, 83_212, 0xCAFE_F00D, EndReason.Full),
        Secret = Secret,
        CreatedMicroseconds = 1_700_000_000_000_000,
        Sums = new RunningSums(83_212, 9_000_000, 123_456_789),
        BornPosition = 400,
        BornOffset = 83_212,
    };

    private static readonly Message Order = new()
    {
        Key = MessageKey.Parse("a1"),
        Body = "hello"u8.ToArray(),
        ProcessingMicroseconds = 2_000_000,
        Priority = 3,
        NotBeforeMicroseconds = 1_700_000_001_000_000,
        Headers = MessageHeaders.Create([new("trace", "4711")]),
    };

    [Fact]
    public void Golden_segment_header()
    {
        byte[] bytes = new byte[SegmentHeader.Size];
        Header.Encode(bytes);
        GoldenHex.Check("segment-header.hex", bytes);
        SegmentHeader.Decode("f", bytes).Should().Be(Header);
    }

    [Fact]
    public void Golden_checkpoint()
    {
        (byte[] bytes, _) = Checkpoint.Encode(Header, 1_700_000_000_000_000, new ProducerTable());
        GoldenHex.Check("checkpoint.hex", bytes);
    }

    [Fact]
    public void Golden_checkpoint_with_producers()
    {
        var producers = new ProducerTable();
        producers.Learn("nightly", new ProducerPosition(1000, 83_100, new byte[] { 1, 2, 3 }));
        producers.Learn("file:/é", new ProducerPosition(ulong.MaxValue, 7, default));
        (byte[] bytes, _) = Checkpoint.Encode(Header, 1_700_000_000_000_000, producers);
        GoldenHex.Check("checkpoint-producers.hex", bytes);
        ProducerTable read = ProducerTable.TryDecode(bytes.AsSpan(BatchHeader.Size))!;
        read.Find("nightly").Note.ToArray().Should().Equal(1, 2, 3);
        (read.Find("nightly").Sequence, read.Find("nightly").Offset).Should().Be((1000UL, 83_100L));
        read.Find("file:/é").Sequence.Should().Be(ulong.MaxValue);
        read.Count.Should().Be(2);
    }

    [Fact]
    public void Golden_record_of_a_producer()
    {
        byte[] name = "nightly"u8.ToArray();
        Message numbered = Order with
        {
            Sequence = 41,
            ProducerNote = new byte[] { 9, 8 },
            ForGroup = GroupName.Parse("audit"),
        };
        byte[] bytes = new byte[RecordCodec.SizeOf(numbered, name)];
        RecordCodec.Encode(numbered, 1_700_000_000_000_001, bytes, name);
        GoldenHex.Check("record-producer.hex", bytes);
        Message read = RecordCodec.TryDecode(bytes)!;
        read.Body.ToArray().Should().Equal(Order.Body.ToArray());
        read.Headers.Find("trace").Should().Be("4711");
        (read.Sequence, read.ForGroup).Should().Be((41UL, GroupName.Parse("audit")));
        read.ProducerNote.ToArray().Should().Equal(9, 8);
        RecordCodec.ProducerOf(bytes, out ulong sequence, out ReadOnlySpan<byte> note).ToArray().Should().Equal(name);
        (sequence, note.Length).Should().Be((41UL, 2));
    }

    [Fact]
    public void Golden_record()
    {
        byte[] bytes = new byte[RecordCodec.SizeOf(Order)];
        RecordCodec.Encode(Order, 1_700_000_000_000_001, bytes);
        GoldenHex.Check("record.hex", bytes);
        Message read = RecordCodec.TryDecode(bytes)!;
        read.Body.ToArray().Should().Equal(Order.Body.ToArray());
        read.Key.Should().Be(Order.Key);
        read.Headers.Find("trace").Should().Be("4711");
        (read.Priority, read.NotBeforeMicroseconds, read.ProcessingMicroseconds, read.TimestampMicroseconds)
            .Should().Be((3, 1_700_000_001_000_000, 2_000_000, 1_700_000_000_000_001));
    }

    [Fact]
    public void Golden_batches_of_one_commit()
    {
        using var commit = new EncodedCommit();
        commit.Add([Order, new Message()], 1_700_000_000_000_002);
        commit.Close();
        var tail = new LogMark(7, 83_212, 400, 83_212, 256, 0xCAFE_F00D, Header.Sums, 1_700_000_000_000_000);
        LogMark end = commit.Stamp(tail, Secret, durableThrough: 83_212);
        GoldenHex.Check("batch.hex", commit.Bytes.ToArray());
        end.Offset.Should().Be(83_214);
        end.Position.Should().Be(400 + commit.Length);
    }

    [Fact]
    public void Golden_footer()
    {
        var footer = new Footer { NotBeforeMin = 5, Sums = new RunningSums(1, 2, 3) };
        footer.Index.Add(new SparseIndex.Entry(83_212, 400));
        footer.Index.Add(new SparseIndex.Entry(83_300, 70_000));
        GoldenHex.Check("footer.hex", footer.Encode(LogRig.QueueId, 7));
    }

    [Fact]
    public void Golden_segment_written_by_a_log()
    {
        using var rig = new LogRig(time: new ManualTime());
        rig.Append("one", "two");
        byte[] bytes = File.ReadAllBytes(rig.PathOf(rig.Segments.Single()));
        long end = rig.OnPage(page => page.Tail().Position);
        GoldenHex.Check("segment.hex", bytes[..(int)end]);
        bytes[(int)end..].Should().OnlyContain(value => value == 0, "only room may follow");
    }

    [Theory]
    [InlineData(8, 2u, "version 2")]
    [InlineData(16, 4u, "features 0x4")]
    public void A_newer_format_is_refused_by_name(int at, uint value, string named)
    {
        byte[] bytes = new byte[SegmentHeader.Size];
        Header.Encode(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(252), Crc32C.Compute(bytes.AsSpan(0, 252)));
        Action decode = () => SegmentHeader.Decode("00000007.log", bytes);
        FiqException error = decode.Should().Throw<FiqException>().Which;
        error.Code.Should().Be(ErrorCode.Unsupported);
        error.Message.Should().Contain(named).And.Contain("00000007.log");
    }

    [Fact]
    public void A_feature_that_may_be_ignored_is_ignored()
    {
        byte[] bytes = new byte[SegmentHeader.Size];
        Header.Encode(bytes);
        bytes[24] = 0xFF;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(252), Crc32C.Compute(bytes.AsSpan(0, 252)));
        SegmentHeader.Decode("f", bytes).Should().Be(Header);
    }
}
