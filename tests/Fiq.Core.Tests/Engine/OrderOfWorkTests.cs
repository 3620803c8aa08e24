using System.Globalization;
using Fiq.Engine;

namespace Fiq.Tests.Engine;

/// <summary>Which message comes next: by time, by priority, by key.</summary>
public sealed class OrderOfWorkTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_delayed_message_comes_when_its_time_has_come_and_holds_up_nobody()
    {
        long soon = Now() + 50_000;
        await ProduceAsync(new Message { NotBeforeMicroseconds = soon }, new Message());
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();

        var taken = new List<Delivery>();
        while (taken.Count < 2)
        {
            taken.AddRange(await consumer.LeaseAsync(5, TimeSpan.FromMinutes(1), default));
            if (taken.Exists(delivery => delivery.Offset == 0)) Now().Should().BeGreaterThanOrEqualTo(soon);
        }

        taken.Select(delivery => (delivery.Offset, delivery.Attempt)).Should().BeEquivalentTo([(0L, 1), (1L, 1)]);
    }

    [Fact]
    public async Task Seventy_thousand_delayed_messages_hold_up_nobody_who_takes_one_at_a_time()
    {
        long later = Now() + 3_600_000_000;
        await ProduceAsync(
        [
            .. Enumerable.Range(0, 70_000).Select(i => new Message { NotBeforeMicroseconds = later, Priority = i % 3 }),
            new Message { NotBeforeMicroseconds = DateTimeOffset.MaxValue.Ticks / 10 },
            new Message(), new Message(),
        ]);
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();

        (await consumer.TakeAsync(1)).Should().ContainSingle().Which.Offset.Should().Be(70_001);
        (await consumer.TakeAsync(1)).Should().ContainSingle().Which.Offset.Should().Be(70_002);
        (await consumer.TakeAsync(1)).Should().BeEmpty();
        (await consumer.DescribeAsync(default)).Should().Match<GroupDescription>(
            group => group.Delayed == 70_001 && group.StopReason == null);
    }

    [Fact]
    public async Task What_is_delayed_is_counted_so_and_no_reason_to_wait_for_it()
    {
        await ProduceAsync(new Message { NotBeforeMicroseconds = Now() + 3_600_000_000 });
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();

        (await consumer.TakeAsync()).Should().BeEmpty();

        (await consumer.DescribeAsync(default)).Should().Match<GroupDescription>(
            g => g.Delayed == 1 && g.Ready == 0 && g.Retrying == 0 && g.Lag == 1);
    }

    [Fact]
    public async Task Urgent_messages_come_first_also_from_behind_a_backlog_and_after_a_restart()
    {
        await ProduceAsync(
            [.. Enumerable.Range(0, 1_000).Select(i => new Message { Priority = i % 100 == 99 ? 5 : 0 })]);
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            IReadOnlyList<Delivery> first = await consumer.TakeAsync(4);
            first.Select(delivery => delivery.Offset).Should().Contain([99, 199, 299]);
        }

        await using IQueueConsumer next = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> best = await next.TakeAsync(10);
        best.Count(delivery => delivery.Message.Priority == 5).Should().BeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public async Task Equal_keys_come_one_at_a_time_over_several_processes_and_others_pass()
    {
        await ProduceAsync([.. Enumerable.Range(0, 60).Select(i => new Message { Key = Key(i % 3) })]);
        await using IQueueConsumer first = await OrderedAsync();
        await using IQueueConsumer second = await OrderedAsync();
        var seen = new List<long>();
        while (seen.Count < 60)
        {
            IReadOnlyList<Delivery> a = await first.TakeAsync(2);
            IReadOnlyList<Delivery> b = await second.TakeAsync(2);
            a.Concat(b).Select(delivery => delivery.Message.Key.ToString()).Should().OnlyHaveUniqueItems();
            seen.AddRange(a.Concat(b).Select(delivery => delivery.Offset));
            await first.FinishAsync(a);
            await second.FinishAsync(b);
        }

        for (int key = 0; key < 3; key++) seen.Where(offset => offset % 3 == key).Should().BeInAscendingOrder();
    }

    [Fact]
    public async Task In_order_a_delayed_message_holds_up_its_key_and_a_message_without_key_nobody()
    {
        await ProduceAsync(
            new Message { Key = Key(1), NotBeforeMicroseconds = Now() + 50_000 },
            new Message { Key = Key(1) },
            new Message { Key = Key(2) },
            new Message());
        await using IQueueConsumer consumer = await OrderedAsync();

        var taken = new List<Delivery>();
        while (taken.Count < 3)
            taken.AddRange(await consumer.LeaseAsync(5, TimeSpan.FromMinutes(1), default));
        taken.Select(delivery => delivery.Offset).Should().BeEquivalentTo([0, 2, 3]);
        await consumer.FinishAsync(taken);
        (await consumer.OffsetsAsync()).Should().Equal(1);
    }

    [Fact]
    public async Task One_blocked_key_with_a_long_backlog_does_not_stop_the_others()
    {
        await ProduceAsync([.. Enumerable.Range(0, 20_000).Select(_ => new Message { Key = Key(0) })]);
        await ProduceAsync([.. Enumerable.Range(1, 100).Select(i => new Message { Key = Key(i) })]);
        await using IQueueConsumer consumer = await OrderedAsync();

        IReadOnlyList<Delivery> taken = await consumer.TakeAsync(50);
        if (taken.Count < 50) taken = [.. taken, .. await consumer.TakeAsync(50 - taken.Count)];

        taken.Should().HaveCount(50);
        taken.Count(delivery => delivery.Offset < 20_000).Should().Be(1);
    }

    [Fact]
    public async Task A_group_is_ordered_as_a_whole()
    {
        await ProduceAsync(new Message());
        await using IQueueConsumer consumer = await OrderedAsync();

        (await EngineCalls.CodeOfAsync(() => _rig.ConsumerAsync())).Should().Be(ErrorCode.GroupActive);
    }

    private static MessageKey Key(int number) =>
        MessageKey.Parse(string.Create(CultureInfo.InvariantCulture, $"k{number}"));

    private static long Now() =>
        (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private async Task ProduceAsync(params Message[] messages)
    {
        await using IQueueProducer producer = await _rig.ProducerAsync();
        foreach (Message[] some in messages.Chunk(1_000)) await producer.ProduceAsync(some, default);
    }

    private async Task<IQueueConsumer> OrderedAsync() => await _rig.Open().OpenConsumerAsync(
        EngineRig.Orders, new ConsumerOptions { Ordered = true }, default);
}
