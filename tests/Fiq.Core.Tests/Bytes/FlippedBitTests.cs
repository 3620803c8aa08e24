using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>Every single bit of what is true is tried.</summary>
public sealed class FlippedBitTests
{
    // Behind the end of the log in a segment lie its footer, or room.
    private const int BehindTheEnd = 200;

    [Fact]
    public async Task Every_flipped_bit_of_segments_with_every_kind_of_end_is_named_with_its_place_or_changes_nothing()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach ((string segment, long end) in sample.Segments)
            Cases.Each((end + BehindTheEnd) * 8, bit => law.HoldsForTheLog(
                Flipped(sample, segment, bit, out Damage damage), damage));
        // All but the checkpoints' bodies, of which nothing is needed yet, and what lies behind the ends; in the first
        // segment its footer leads past the checkpoint.
        long unneeded = sample.Segments.Count * Checkpoint.EmptyBodySize + BatchHeader.Size;
        long durable = sample.Segments.Values.Sum() - unneeded;
        law.Named.Should().BeGreaterThanOrEqualTo((int)durable * 8);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_segment_is_met_by_the_groups_that_need_it_and_by_no_other()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach ((string segment, long end) in sample.Segments)
            await Cases.EachAsync((end + BehindTheEnd) / 3, at => law.HoldsForAllAsync(
                Flipped(sample, segment, at * 24 + at % 8, out Damage damage), damage));
        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    [Fact]
    public async Task Without_the_page_only_a_flip_in_the_last_batch_can_pass_for_a_torn_end()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        sample.Disk.Put($"{SampleQueue.Folder}/{ControlFile.Name}", new byte[ControlLayout.Size]);
        var law = new HonestDamage(sample);
        string tail = sample.Tail;
        Cases.Each(sample.Segments[tail] * 8, bit =>
        {
            Excused excuse = bit / 8 >= sample.LastBatchAt ? Excused.LastBatch : Excused.LookBehind;
            law.HoldsForTheLog(Flipped(sample, tail, bit, out Damage damage, excuse), damage);
        });
        long durable = sample.LastBatchAt - Checkpoint.EmptyBodySize;
        law.Named.Should().BeGreaterThanOrEqualTo((int)durable * 8);
    }

    [Theory]
    [InlineData(SampleQueue.DefaultGroup)]
    [InlineData(SampleQueue.AuditGroup)]
    public async Task Every_flipped_bit_of_an_offset_file_is_named_or_healed_by_the_table_of_this_boot(string group)
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        await EveryBitOfOffsetsAsync(sample, group, Excused.Nothing);
    }

    [Theory]
    [InlineData(SampleQueue.DefaultGroup)]
    [InlineData(SampleQueue.AuditGroup)]
    public async Task In_another_boot_a_flip_in_the_last_record_of_an_offset_file_brings_back_what_it_settled(
        string group)
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        sample.Disk.BootId = Guid.NewGuid();
        await EveryBitOfOffsetsAsync(sample, group, Excused.SettledAgain);
    }

    [Fact]
    public async Task Every_flipped_bit_of_the_settings_is_named_or_changes_nothing_that_they_say()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        string settings = $"{SampleQueue.Folder}/queue.json";
        using var intact = SampleQueue.OpenFolder(sample.Disk);
        var law = new HonestDamage(sample);
        Cases.Each(sample.Disk.BytesOf(settings).Length * 8, bit =>
        {
            MemoryDisk disk = Flipped(sample, settings, bit, out Damage damage);
            law.HoldsForTheLog(disk, damage);
            try
            {
                using var folder = SampleQueue.OpenFolder(disk);
                folder.File.Should().Be(intact.File);
            }
            catch (FiqException error)
            {
                error.Message.Should().Contain(settings);
            }
        });
        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    private static async Task EveryBitOfOffsetsAsync(SampleQueue sample, string group, Excused excuse)
    {
        var law = new HonestDamage(sample);
        string file = SampleQueue.OffsetsOf(group);
        long end = sample.Disk.Read(file).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        Cases.Each(end * 8, bit => law.HoldsForTheLog(
            Flipped(sample, file, bit, out Damage damage, excuse), damage));
        await Cases.EachAsync(end / 3, at => law.HoldsForAllAsync(
            Flipped(sample, file, at * 24 + at % 8, out Damage damage, excuse), damage));
        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    private static MemoryDisk Flipped(
        SampleQueue sample, string file, long bit, out Damage damage, Excused excuse = Excused.Nothing)
    {
        long at = bit / 8;
        Span<byte> one = stackalloc byte[1];
        MemoryDisk disk = sample.Disk.Copy();
        disk.BytesOf(file).Read(one, at);
        one[0] ^= (byte)(1 << (int)(bit % 8));
        disk.BytesOf(file).Write(one, at);
        damage = new Damage(file, at, at + 1, $"bit {bit % 8} is flipped", excuse);
        return disk;
    }
}
