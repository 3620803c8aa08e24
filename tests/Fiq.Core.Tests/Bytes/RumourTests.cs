using Fiq.Groups;
using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>What is only rumour is rebuilt from truth, whatever is in it, and costs nobody a message.</summary>
public sealed class RumourTests
{
    private const string Control = $"{SampleQueue.Folder}/{ControlFile.Name}";

    [Fact]
    public async Task Any_flipped_bit_of_the_control_page_costs_nothing()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        int[] used = [.. Area(0, ControlLayout.EndsAt, 1), .. Area(ControlLayout.EndsAt, 7168, 16)];
        Cases.Each(used, at => law.HoldsForTheLog(Flipped(sample, Control, at, out Damage damage), damage));
        await Cases.EachAsync(Area(0, ControlLayout.EndsAt, 7), at => law.HoldsForAllAsync(
            Flipped(sample, Control, at, out Damage damage), damage));
        law.Named.Should().Be(0);
    }

    [Theory]
    [InlineData(SampleQueue.DefaultGroup)]
    [InlineData(SampleQueue.AuditGroup)]
    public async Task Any_flipped_bit_of_what_a_lease_table_says_of_a_group_costs_nothing(string group)
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        string table = $"{SampleQueue.Folder}/groups/{group}/{TableLayout.Name}";
        int[] used =
        [
            .. Area(0, 512, 3), .. Area(TableLayout.SlotsAt, 128, 5), .. Area(TableLayout.RedoAt, 64, 5),
            .. Area(TableLayout.JournalAt, 64, 5), .. Area(TableLayout.StartedAt, 16, 5),
            .. Area(TableLayout.EntriesAt, 128, 5),
        ];
        await Cases.EachAsync(used, at => law.HoldsForAllAsync(
            Flipped(sample, table, at, out Damage damage), damage));
        law.Named.Should().Be(0);
    }

    [Fact]
    public async Task Rumour_that_is_zero_or_noise_or_another_queues_costs_nothing()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        SampleQueue stranger = await SampleQueue.MakeSmallAsync(seed: 2);
        var law = new HonestDamage(sample);
        var random = new Random(7);
        foreach (string file in Rumour())
        {
            byte[] noise = new byte[sample.Disk.BytesOf(file).Length];
            byte[] zeros = new byte[noise.Length];
            random.NextBytes(noise);
            foreach (byte[] bytes in (byte[][])[noise, zeros, stranger.Disk.Read(file)])
            {
                MemoryDisk disk = sample.Disk.Copy();
                disk.BytesOf(file).Write(bytes, 0);
                await law.HoldsForAllAsync(disk, new Damage(file, 0, 1, "overwritten", Excused.LookBehind));
            }
        }

        law.Named.Should().Be(0);
    }

    [Fact]
    public async Task Tables_that_are_gone_or_cut_are_made_again()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach (string file in Rumour().Except([Control]))
        {
            foreach (long length in (long[])[-1, 0, 1, 4096, 100_000, sample.Disk.BytesOf(file).Length - 1])
            {
                MemoryDisk disk = sample.Disk.Copy();
                if (length < 0) disk.Remove(file);
                else disk.BytesOf(file).SetLength(Math.Min(length, disk.BytesOf(file).Length));
                await law.HoldsForAllAsync(disk, new Damage(file, 0, 1, $"cut to {length}"));
            }
        }

        law.Named.Should().Be(0);
    }

    [Fact]
    public async Task A_control_file_that_was_cut_is_named_because_somebody_may_hold_its_locks()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        for (int length = 0; length < ControlLayout.Size; length += 63)
        {
            MemoryDisk disk = sample.Disk.Copy();
            disk.BytesOf(Control).SetLength(length);
            law.HoldsForTheLog(disk, new Damage(Control, length, ControlLayout.Size, "cut"));
        }

        law.Named.Should().Be(law.Cases);
    }

    private static IEnumerable<string> Rumour() =>
    [
        Control,
        .. from string @group in (string[])[SampleQueue.DefaultGroup, SampleQueue.AuditGroup]
           from string name in (string[])[TableLayout.Name]
           select $"{SampleQueue.Folder}/groups/{@group}/{name}",
    ];

    private static IEnumerable<int> Area(int at, int length, int step) =>
        Enumerable.Range(0, length / step).Select(i => at + i * step);

    private static MemoryDisk Flipped(SampleQueue sample, string file, int at, out Damage damage)
    {
        Span<byte> one = stackalloc byte[1];
        MemoryDisk disk = sample.Disk.Copy();
        disk.BytesOf(file).Read(one, at);
        one[0] ^= (byte)(1 << (at * 5 % 8));
        disk.BytesOf(file).Write(one, at);
        damage = new Damage(file, at, at + 1, "a bit is flipped", Excused.LookBehind);
        return disk;
    }
}
