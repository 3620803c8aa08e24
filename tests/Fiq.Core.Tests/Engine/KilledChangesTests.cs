using Fiq.Engine;
using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine;

/// <summary>
/// Killed, or without room, anywhere while something of a queue is changed: it is as it was or as it was to be.
/// </summary>
public sealed class KilledChangesTests
{
    // Dropping has many effects, most of them in locks and tables that all changes share.
    private const int DroppingStride = 7;

    [Fact]
    public Task Killed_anywhere_while_a_group_is_moved_it_stands_here_or_there() => EverywhereAsync(
        engine => engine.SeekGroupAsync(
            EngineRig.Orders, GroupName.Default, StartPosition.Last, dryRun: false, CancellationToken.None).AsTask(),
        async rig =>
        {
            long floor = (await rig.GroupAsync()).Floor;
            await using IQueueConsumer consumer = await rig.ConsumerAsync();
            long[] kept = [1, 2];
            (await consumer.OffsetsAsync()).Should().Equal(floor == 3 ? [] : kept);
            return floor == 3;
        });

    [Fact]
    public Task Killed_anywhere_while_a_group_is_deleted_it_is_whole_or_gone() => EverywhereAsync(
        engine => engine.DeleteGroupAsync(
            EngineRig.Orders, GroupName.Default, dryRun: false, CancellationToken.None).AsTask(),
        async rig =>
        {
            bool isGone = (await rig.DescribeAsync()).Groups.Count == 0;
            await using (IQueueConsumer consumer = await rig.ConsumerAsync())
                (await consumer.OffsetsAsync()).Should().Equal(isGone ? [0L, 1, 2] : [1, 2]);
            await rig.Open().CreateGroupAsync(
                EngineRig.Orders, GroupName.Parse("other"), StartPosition.First, CancellationToken.None);
            Directory.EnumerateFileSystemEntries(rig.PathOf("orders/groups"), ".*").Should().BeEmpty();
            return isGone;
        });

    [Fact]
    public Task Killed_anywhere_while_limits_are_set_the_old_or_the_new_hold() => EverywhereAsync(
        engine => engine.SetAsync(
            EngineRig.Orders, new QueueLimits { MessagesMax = 7 }, reset: false, CancellationToken.None).AsTask(),
        async rig =>
        {
            long max = (await rig.DescribeAsync()).Limits.MessagesMax ?? -1;
            max.Should().BeOneOf(0, 7);
            await rig.SetAsync(new QueueLimits { MessagesMax = 8 });
            (await rig.DescribeAsync()).Limits.MessagesMax.Should().Be(8);
            return max == 7;
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Killed_anywhere_while_it_is_paused_it_is_or_is_not(bool ofQueue) => EverywhereAsync(
        engine => engine.PauseAsync(
            EngineRig.Orders, ofQueue ? null : GroupName.Default, paused: true, CancellationToken.None).AsTask(),
        async rig =>
        {
            bool isPaused = (await rig.GroupAsync()).Paused;
            await using IQueueConsumer consumer = await rig.ConsumerAsync();
            (await consumer.TakeAsync()).Should().HaveCount(isPaused ? 0 : 2);
            return isPaused;
        });

    [Fact]
    public async Task Killed_anywhere_while_the_oldest_are_dropped_no_group_stands_before_what_is_kept()
    {
        for (int k = 0; ; k += DroppingStride)
        {
            using var rig = new EngineRig();
            await rig.CreateAsync(QueueLimits.None);
            await using (IQueueProducer producer = await rig.ProducerAsync())
                for (int i = 0; i < 45; i++) await producer.SendAsync(KeepingRig.Large);
            bool ended = await EndsAsync(rig, faults => faults.KillAfter(k), engine => engine.SetAsync(
                EngineRig.Orders,
                new QueueLimits
                {
                    Keep = new Retention(RetentionKind.Size, Retention.SizeMin),
                    Lagging = LaggingPolicy.DropOldest,
                },
                reset: false,
                CancellationToken.None).AsTask());
            GroupDescription group = await rig.GroupAsync();
            group.Floor.Should().BeGreaterThanOrEqualTo((await rig.DescribeAsync()).FirstOffset, "after {0}", k);
            group.Trimmed.Should().BeGreaterThanOrEqualTo(group.Floor);
            group.BacklogSeconds.Should().Be(group.Lag * EngineRig.Seconds, "after {0}", k);
            await rig.SetAsync(new QueueLimits { Lagging = LaggingPolicy.DropOldest });
            group = await rig.GroupAsync();
            group.Trimmed.Should().Be(group.Floor, "nothing is counted twice");
            await using (IQueueConsumer consumer = await rig.ConsumerAsync())
                (await consumer.OffsetsAsync()).Should().HaveCount(45 - (int)group.Floor);
            if (ended) return;
        }
    }

    [Fact]
    public async Task Killed_anywhere_while_a_queue_is_purged_its_backlog_is_exact_and_what_is_held_stays()
    {
        for (int k = 0; ; k++)
        {
            using var rig = new EngineRig();
            await rig.ProduceAsync("a", "b", "c", "d", "e", "f");
            await using IQueueConsumer consumer = await rig.ConsumerAsync();
            IReadOnlyList<Delivery> taken = await consumer.TakeAsync(4);
            await consumer.SettleAsync([new Settlement(taken[1], SettleOutcome.Release)], default);
            await consumer.FinishAsync([taken[3]]);
            bool ended = await EndsAsync(
                rig, faults => faults.KillAfter(k), engine => engine.PurgeAsync(EngineRig.Orders, default).AsTask());
            GroupDescription group = await rig.GroupAsync();
            group.BacklogSeconds.Should().Be(group.Lag * EngineRig.Seconds, "after {0}", k);
            (await rig.Open().PurgeAsync(EngineRig.Orders, default)).Should().Be(group.Lag - 2);
            group = await rig.GroupAsync();
            (group.Lag, group.Leased, group.BacklogSeconds).Should().Be((2, 2, 2 * EngineRig.Seconds));
            if (ended) return;
        }
    }

    /// <summary>Kills at each effect, then fails each call that needs room, one after the other.</summary>
    private static async Task EverywhereAsync(Func<FolderEngine, Task> change, Func<EngineRig, Task<bool>> isChanged)
    {
        var seen = new HashSet<bool>();
        bool ended = false;
        for (int k = 0; !ended; k++)
        {
            using var rig = await NewAsync();
            ended = await EndsAsync(rig, faults => faults.KillAfter(k), change);
            bool changed = await isChanged(rig);
            seen.Add(changed);
            if (ended) changed.Should().BeTrue("nobody was killed");
        }

        seen.Should().HaveCount(2);
        foreach (string call in new[] { "create", "write", "rename" })
        {
            using var rig = await NewAsync();
            bool done = await EndsAsync(
                rig, faults => faults.ErrorOf = (each, _) => each == call ? Errno.NoSpace : Errno.None, change);
            (await isChanged(rig)).Should().Be(done, "no room for {0}", call);
        }
    }

    private static async Task<EngineRig> NewAsync()
    {
        var rig = new EngineRig();
        await rig.ProduceAsync("a", "b", "c");
        await rig.DrainAsync(1);
        return rig;
    }

    private static async Task<bool> EndsAsync(EngineRig rig, Action<Faults> begin, Func<FolderEngine, Task> act)
    {
        var faults = new Faults();
        FolderEngine engine = FolderEngine.Open(
            rig.Path, new FolderOptions { Files = new FaultyFileSystem(new PosixFileSystem(), faults) });
        begin(faults);
        try
        {
            await act(engine);
            return true;
        }
        catch (Exception error) when (error is KilledException or FiqException { Code: ErrorCode.DiskFull })
        {
            return false;
        }
    }
}
