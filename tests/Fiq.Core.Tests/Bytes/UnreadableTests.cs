using Fiq.Engine;
using Fiq.Tests.Doubles.Memory;
using Fiq.Tests.Engine;

namespace Fiq.Tests.Bytes;

/// <summary>A medium that does not give some bytes back, and says so.</summary>
public sealed class UnreadableTests
{
    private const int Sector = 512;

    [Fact]
    public async Task A_sector_of_truth_that_cannot_be_read_is_named_by_those_who_need_it()
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        var law = new HonestDamage(sample);
        foreach ((string file, long end) in sample.Segments)
            for (long at = 0; at < end; at += Sector) await TryAsync(sample, law, file, at, end);
        foreach (string group in (string[])[SampleQueue.DefaultGroup, SampleQueue.AuditGroup])
            await TryAsync(sample, law, SampleQueue.OffsetsOf(group), 0, Sector);
        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    [Fact]
    public async Task What_lies_before_an_unreadable_sector_is_handed_out_and_nothing_behind_it_is_settled()
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        int batches = 0;
        for (int segment = 0; segment < sample.Batches.Count; segment++)
        {
            (string file, List<long> at) = sample.Batches.ElementAt(segment);
            foreach (long batch in at.Skip(1))
            {
                MemoryDisk disk = sample.Disk.Copy();
                disk.Find(file)!.Unreadable = (batch + Sector, batch + 2 * Sector);
                await HandsOutAsync(disk, batches);
                disk.Find(file)!.Unreadable = null;
                await using IQueueConsumer again = await SampleQueue.ConsumerAsync(disk, SampleQueue.AuditGroup);
                (await again.OffsetsAsync()).Should().Equal(
                    Enumerable.Range(batches, sample.Bodies.Count - batches).Select(i => (long)i));
                batches++;
            }
        }

        batches.Should().Be(sample.Bodies.Count, "each message has a batch of its own");
    }

    [Fact]
    public async Task A_footer_that_cannot_be_read_is_done_without()
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        var law = new HonestDamage(sample);
        foreach ((string file, long end) in sample.Segments.SkipLast(1))
            await TryAsync(sample, law, file, end, end + 1);
        law.Named.Should().Be(0);
    }

    private static async Task TryAsync(SampleQueue sample, HonestDamage law, string file, long at, long end)
    {
        MemoryDisk disk = sample.Disk.Copy();
        long to = Math.Min(at + Sector, end);
        disk.Find(file)!.Unreadable = (at, to);
        await law.HoldsForAllAsync(disk, new Damage(file, at, to, "unreadable"));
    }

    private static async Task HandsOutAsync(MemoryDisk disk, int whole)
    {
        await using IQueueConsumer consumer = await SampleQueue.ConsumerAsync(disk, SampleQueue.AuditGroup);
        IReadOnlyList<Delivery> before = whole == 0 ? [] : await consumer.TakeAsync();
        before.Select(each => each.Offset).Should().Equal(Enumerable.Range(0, whole).Select(i => (long)i));
        Func<Task> next = async () => await consumer.TakeAsync();
        (await next.Should().ThrowAsync<DamagedException>()).Which.Message.Should().Contain("can't be read");
        await consumer.FinishAsync(before);
    }
}
