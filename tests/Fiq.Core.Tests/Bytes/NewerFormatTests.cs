using System.Buffers.Binary;
using System.Text;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>What a newer fiq wrote is refused by whoever opens it, and stays as it is to the last byte.</summary>
public sealed class NewerFormatTests
{
    private const int SegmentCrcAt = 252;
    private const int OffsetCrcAt = 60;

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(23)]
    public async Task A_newer_segment_anywhere_in_a_queue_is_refused_by_those_who_come_to_it(int at)
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        foreach (string segment in sample.Segments.Keys)
            await RefusedAsync(sample, segment, bytes => Raise(bytes, at, SegmentCrcAt));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(23)]
    public async Task A_newer_offset_file_is_refused_by_everybody(int at)
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        string offsets = SampleQueue.OffsetsOf(SampleQueue.AuditGroup);
        await RefusedAsync(sample, offsets, bytes => Raise(bytes, at, OffsetCrcAt));
    }

    [Fact]
    public async Task An_offset_file_with_a_record_that_must_be_understood_is_refused_by_everybody()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        await RefusedAsync(sample, SampleQueue.OffsetsOf(SampleQueue.AuditGroup), AddUnknownRecord);
    }

    [Fact]
    public async Task Newer_settings_are_refused_by_everybody()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        await RefusedAsync(sample, $"{SampleQueue.Folder}/queue.json", bytes =>
        {
            int at = bytes.AsSpan().IndexOf("\"format\": 1"u8);
            bytes[at + "\"format\": ".Length] = (byte)'2';
        });
    }

    [Fact]
    public async Task A_newer_footer_is_passed_over()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach ((string segment, long end) in sample.Segments.SkipLast(1))
        {
            MemoryDisk disk = sample.Disk.Copy();
            disk.BytesOf(segment).Write([2], end + 8);
            await law.HoldsForAllAsync(disk, new Damage(segment, end, end + 9, "a newer footer"));
        }

        law.Named.Should().Be(0);
    }

    /// <summary>Whatever opens a queue says that it is too new, or needs nothing of it; no byte changes.</summary>
    private static async Task RefusedAsync(SampleQueue sample, string file, Action<byte[]> change)
    {
        byte[] bytes = sample.Disk.Read(file);
        change(bytes);
        MemoryDisk disk = sample.Disk.Copy();
        disk.BytesOf(file).Write(bytes, 0);
        MemoryDisk used = disk.Copy();
        SampleReading reading = await SampleReading.OfGroupsAsync(used);
        reading.Errors.Should().NotBeEmpty();
        reading.Errors.Should().OnlyContain(error => error.Code == ErrorCode.Unsupported
            && error.Message.Contains(Path.GetFileName(file)));
        used.BytesOf(file).SameAs(disk.BytesOf(file)).Should().BeTrue("nothing of it is changed");
        foreach (string segment in sample.Segments.Keys)
            used.BytesOf(segment).SameAs(disk.BytesOf(segment)).Should().BeTrue("no other segment is changed");
    }

    private static void Raise(byte[] bytes, int at, int crcAt)
    {
        bytes[at] += 64;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(crcAt), Crc32C.Compute(bytes.AsSpan(0, crcAt)));
    }

    private static void AddUnknownRecord(byte[] bytes)
    {
        ulong queueId = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32));
        OffsetFileContent content = OffsetFileReader.Decode(bytes, "offset", queueId);
        OffsetRecord.Encode(
            (OffsetRecordKind)77,
            content.End.HeaderCrc,
            content.End.Sequence + 1,
            content.Sums,
            Encoding.ASCII.GetBytes("later"),
            content.Header.Secret,
            out _).CopyTo(bytes, content.End.Position);
    }
}
