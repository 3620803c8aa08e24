using Fiq.Engine;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine;

public sealed class GroupChangeTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_group_moved_on_misses_what_it_was_said_to_miss_and_gets_the_rest()
    {
        await _rig.ProduceAsync("0", "1", "2", "3", "4", "5");
        await SettleAsync(1, 4);
        GroupMove planned = await SeekAsync(StartPosition.At(3), dryRun: true);
        (await _rig.GroupAsync()).Floor.Should().Be(0);
        GroupMove done = await SeekAsync(StartPosition.At(3));
        done.Should().Be(planned).And.Be(new GroupMove(0, 3)
        {
            Skipped = 2,
            SkippedSeconds = 1,
            Repeated = 1,
            RepeatedSeconds = 0.5,
        });
        (await _rig.GroupAsync()).BacklogSeconds.Should().Be(1.5);
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        (await consumer.OffsetsAsync()).Should().Equal(3, 4, 5);
    }

    [Fact]
    public async Task A_group_moved_back_gets_what_it_has_settled_again()
    {
        await _rig.ProduceAsync("0", "1", "2", "3");
        await _rig.DrainAsync(3);
        (await SeekAsync(StartPosition.First)).Should().Be(new GroupMove(3, 0)
        {
            Skipped = 0,
            SkippedSeconds = 0,
            Repeated = 3,
            RepeatedSeconds = 1.5,
        });
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        (await consumer.OffsetsAsync()).Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    public async Task A_group_moved_to_the_end_gets_only_what_comes_later()
    {
        await _rig.ProduceAsync("0", "1", "2");
        (await SeekAsync(StartPosition.Last)).Skipped.Should().Be(3);
        (await _rig.GroupAsync()).BacklogSeconds.Should().Be(0);
        await _rig.ProduceAsync("3");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        (await consumer.OffsetsAsync()).Should().Equal(3);
    }

    [Fact]
    public async Task A_group_with_members_is_neither_moved_nor_deleted_and_one_of_them_is_named()
    {
        await _rig.ProduceAsync("0");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        foreach (Func<Task> act in new Func<Task>[]
            {
                () => SeekAsync(StartPosition.Last),
                () => SeekAsync(StartPosition.Last, dryRun: true),
                () => DeleteAsync("default"),
                () => DeleteAsync("default", dryRun: true),
            })
        {
            FiqException error = (await act.Should().ThrowAsync<FiqException>()).Which;
            error.Code.Should().Be(ErrorCode.GroupActive);
            error.Message.Should().Contain($"process {Environment.ProcessId}");
        }

        (await consumer.OffsetsAsync()).Should().Equal(0);
    }

    [Fact]
    public async Task A_deleted_group_is_gone_without_a_trace_and_begins_anew_when_it_comes_back()
    {
        await _rig.ProduceAsync("0", "1");
        await _rig.DrainAsync(2);
        Directory.CreateDirectory(_rig.PathOf("orders/groups/.deleted-0123456789abcdef"));
        await DeleteAsync("default", dryRun: true);
        (await _rig.DescribeAsync()).Groups.Should().ContainSingle();
        await DeleteAsync("default");
        Directory.GetFileSystemEntries(_rig.PathOf("orders/groups")).Should().BeEmpty();
        (await EngineCalls.CodeOfAsync(() => DeleteAsync("default"))).Should().Be(ErrorCode.GroupNotFound);
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        (await consumer.OffsetsAsync()).Should().Equal(0, 1);
    }

    [Fact]
    public async Task The_segments_that_only_a_deleted_group_needed_go_with_it()
    {
        await _rig.CreateAsync(QueueLimits.None);
        await _rig.Open().CreateGroupAsync(
            EngineRig.Orders, GroupName.Parse("audit"), StartPosition.First, CancellationToken.None);
        await _rig.ProduceAsync([.. Enumerable.Repeat(KeepingRig.Large, 60)]);
        await _rig.DrainAsync(60);
        (await _rig.DescribeAsync()).FirstOffset.Should().Be(0);
        await DeleteAsync("audit");
        (await _rig.DescribeAsync()).FirstOffset.Should().BePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_paused_consumer_takes_nothing_and_settles_what_it_has_and_goes_on_when_resumed(bool ofQueue)
    {
        await _rig.ProduceAsync("0", "1", "2");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> running = await consumer.TakeAsync(1);
        (await PauseAsync(ofQueue, paused: true)).Should().BeTrue();
        (await PauseAsync(ofQueue, paused: true)).Should().BeFalse();
        await Eventually.HoldsAsync(
            async () =>
            {
                IReadOnlyList<Delivery> taken = await consumer.TakeAsync(1);
                if (taken.Count > 0)
                    await consumer.SettleAsync(
                        [new Settlement(taken[0], SettleOutcome.Release)], CancellationToken.None);
                return taken.Count == 0;
            },
            "it notices");
        await consumer.FinishAsync(running);
        (await _rig.GroupAsync()).Paused.Should().BeTrue();
        (await consumer.DescribeAsync(CancellationToken.None)).Should().BeEquivalentTo(
            new { Paused = true, Lag = 2 });

        ValueTask<IReadOnlyList<Delivery>> waiting =
            consumer.LeaseAsync(10, TimeSpan.FromMinutes(1), CancellationToken.None);
        waiting.IsCompleted.Should().BeFalse();
        (await PauseAsync(ofQueue, paused: false)).Should().BeTrue();
        (await waiting).Should().HaveCount(2);
        (await _rig.GroupAsync()).Paused.Should().BeFalse();
    }

    [Fact]
    public async Task A_pause_outlives_every_process()
    {
        await _rig.ProduceAsync("0");
        await PauseAsync(ofQueue: false, paused: true);
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        (await consumer.TakeAsync()).Should().BeEmpty();
        await using IQueueConsumer other = await _rig.ConsumerAsync("audit");
        (await other.TakeAsync()).Should().ContainSingle("only the one group is paused");
    }

    private async Task SettleAsync(params long[] offsets)
    {
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        await consumer.FinishAsync((await consumer.TakeAsync()).Where(taken => offsets.Contains(taken.Offset)));
    }

    private Task<GroupMove> SeekAsync(StartPosition to, bool dryRun = false) => _rig.Open().SeekGroupAsync(
        EngineRig.Orders, GroupName.Default, to, dryRun, CancellationToken.None).AsTask();

    private Task DeleteAsync(string group, bool dryRun = false) => _rig.Open().DeleteGroupAsync(
        EngineRig.Orders, GroupName.Parse(group), dryRun, CancellationToken.None).AsTask();

    private Task<bool> PauseAsync(bool ofQueue, bool paused) => _rig.Open().PauseAsync(
        EngineRig.Orders, ofQueue ? null : GroupName.Default, paused, CancellationToken.None).AsTask();
}
