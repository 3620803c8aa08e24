using Fiq.Engine;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine;

public sealed class RetentionTests : IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    private static readonly GroupName Audit = GroupName.Parse("audit");

    private readonly EngineRig _rig = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Kept_for_ever_nothing_goes_that_every_group_has_settled()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = Retention.Forever });
        await ProduceAsync(60);
        await _rig.DrainAsync(60);
        (await _rig.DescribeAsync()).FirstOffset.Should().Be(0);
        await _rig.SetAsync(new QueueLimits { Keep = Retention.UntilSettled });
        (await _rig.DescribeAsync()).FirstOffset.Should().BePositive();
    }

    [Fact]
    public async Task By_size_the_newest_messages_stay_although_they_are_settled()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte) });
        await ProduceAsync(60);
        await _rig.DrainAsync(60);
        QueueDescription queue = await _rig.DescribeAsync();
        queue.Bytes.Should().BeInRange(Mebibyte / 2, Mebibyte);
        queue.FirstOffset.Should().BePositive();
        queue.Groups.Single().Trimmed.Should().Be(0);
    }

    [Fact]
    public async Task By_size_what_a_group_has_not_settled_is_held()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte) });
        await CreateAuditAsync();
        await ProduceAsync(60);
        await _rig.DrainAsync(60);
        QueueDescription queue = await _rig.DescribeAsync();
        queue.FirstOffset.Should().Be(0);
        queue.Bytes.Should().BeGreaterThan(2 * Mebibyte);
        await _rig.DrainAsync(60, "audit");
        (await _rig.DescribeAsync()).Bytes.Should().BeLessThanOrEqualTo(Mebibyte);
    }

    [Fact]
    public async Task By_size_a_group_that_lags_stops_producers_if_so_asked_until_it_has_settled()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte), Lagging = LaggingPolicy.Refuse });
        await using IQueueProducer producer = await _rig.ProducerAsync();
        (int stored, ErrorCode code) = await producer.FillAsync();
        code.Should().Be(ErrorCode.QueueFull);
        (await _rig.DescribeAsync()).FirstOffset.Should().Be(0, "nothing that a group needs goes");
        await _rig.DrainAsync(stored);
        (int again, _) = await producer.FillAsync();
        again.Should().BePositive();
    }

    [Fact]
    public async Task The_oldest_go_from_under_a_group_that_lags_and_are_counted_as_trimmed()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte) });
        await CreateAuditAsync();
        await ProduceAsync(60);
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync("audit"))
            await consumer.FinishAsync((await consumer.TakeAsync(60)).Where(taken => taken.Offset is 2 or 59));
        await _rig.SetAsync(new QueueLimits { Lagging = LaggingPolicy.DropOldest });
        QueueDescription queue = await _rig.DescribeAsync();
        queue.Bytes.Should().BeLessThanOrEqualTo(Mebibyte);
        long first = queue.FirstOffset;
        first.Should().BePositive();
        GroupDescription audit = await _rig.GroupAsync("audit");
        audit.Trimmed.Should().Be(first - 1, "one of them was settled");
        audit.Floor.Should().Be(first);
        audit.Lag.Should().Be(60 - first - 1, "what was settled behind them stays settled");
        audit.BacklogSeconds.Should().Be(audit.Lag * EngineRig.Seconds);
        (await _rig.GroupAsync()).Trimmed.Should().Be(first);

        await using IQueueConsumer late = await _rig.ConsumerAsync("audit");
        (await late.OffsetsAsync()).Should().Equal(Enumerable.Range((int)first, 59 - (int)first).Select(n => (long)n));
    }

    [Fact]
    public async Task The_oldest_go_from_under_members_that_have_not_taken_them()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte), Lagging = LaggingPolicy.DropOldest });
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        await ProduceAsync(60);
        QueueDescription queue = await _rig.DescribeAsync();
        queue.Bytes.Should().BeLessThanOrEqualTo(Mebibyte + Mebibyte / 4);
        GroupDescription group = queue.Groups.Single();
        group.Trimmed.Should().Be(queue.FirstOffset).And.BePositive();
        group.BacklogSeconds.Should().Be(group.Lag * EngineRig.Seconds);
        (await consumer.OffsetsAsync()).Should().HaveCount((int)group.Lag).And.StartWith(queue.FirstOffset);
    }

    [Fact]
    public async Task What_somebody_holds_is_not_dropped_and_while_its_segment_stays_nobody_loses_anything()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte), Lagging = LaggingPolicy.DropOldest });
        await CreateAuditAsync();
        await using IQueueConsumer audit = await _rig.ConsumerAsync("audit");
        await ProduceAsync(5);
        IReadOnlyList<Delivery> held = await audit.TakeAsync(2);
        await audit.SettleAsync([new Settlement(held[0], SettleOutcome.Release)], default);
        await ProduceAsync(55);
        (await _rig.DescribeAsync()).FirstOffset.Should().Be(0);
        (await _rig.GroupAsync()).Lag.Should().Be(60, "what stays on disk is taken from nobody");

        await audit.FinishAsync([held[1]]);
        await _rig.SetAsync(new QueueLimits { Lagging = LaggingPolicy.DropOldest });
        long first = (await _rig.DescribeAsync()).FirstOffset;
        first.Should().BePositive();
        (await _rig.GroupAsync()).Trimmed.Should().Be(first);
        GroupDescription group = await _rig.GroupAsync("audit");
        group.Trimmed.Should().Be(first - 1, "one of them was settled");
        group.BacklogSeconds.Should().Be(group.Lag * EngineRig.Seconds);
        (await audit.OffsetsAsync()).Should().HaveCount(60 - (int)first);
    }

    [Fact]
    public async Task What_is_kept_for_its_keys_is_dropped_from_no_group()
    {
        await _rig.Open().CreateAsync(
            EngineRig.Orders,
            new QueueSettings
            {
                SegmentBytes = QueueSettings.SegmentBytesMin,
                UniqueKeys = UniqueKeyWindow.Of(TimeSpan.FromHours(1)),
                Limits = new QueueLimits { Keep = OfSize(Mebibyte), Lagging = LaggingPolicy.DropOldest },
            },
            CancellationToken.None);
        await ProduceAsync(60);
        QueueDescription queue = await _rig.DescribeAsync();
        (queue.FirstOffset, queue.Groups.Single().Trimmed, queue.Groups.Single().Lag).Should().Be((0, 0, 60));
    }

    [Fact]
    public async Task Where_a_segment_is_missing_nothing_is_deleted_and_whoever_asked_goes_on()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(8 * Mebibyte) });
        await ProduceAsync(80);
        using AttachedQueue queue = new FolderStore(_rig.Path, new FolderOptions()).Attach(EngineRig.Orders, false);
        var trimmer = new Trimmer(queue.Folder, queue.Log, TimeProvider.System);
        File.Delete(Directory.GetFiles(_rig.PathOf("orders"), "*.log").Order().ElementAt(1));
        trimmer.Idle();
        trimmer.LastFloorIs(80);
        trimmer.Now().Should().Be(0);
    }

    [Fact]
    public async Task Attempts_and_delays_of_what_is_not_dropped_are_kept()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte) });
        await ProduceAsync(60);
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            IReadOnlyList<Delivery> taken = await consumer.TakeAsync(60);
            await consumer.SettleAsync(
                [.. taken.Where(each => each.Offset is 3 or 58).Select(each => Failed(each, hours: 1))], default);
        }

        await _rig.SetAsync(new QueueLimits { Lagging = LaggingPolicy.DropOldest });
        (await _rig.DescribeAsync()).FirstOffset.Should().BeGreaterThan(3);
        (await _rig.GroupAsync()).Retrying.Should().Be(1);
        await using IQueueConsumer late = await _rig.ConsumerAsync();
        (await late.OffsetsAsync()).Should().NotContain(58).And.Contain(59);
    }

    [Fact]
    public async Task A_producer_alone_drops_the_oldest_when_it_has_filled_a_segment()
    {
        await _rig.CreateAsync(new QueueLimits { Keep = OfSize(Mebibyte), Lagging = LaggingPolicy.DropOldest });
        await ProduceAsync(60);
        QueueDescription queue = await _rig.DescribeAsync();
        queue.Bytes.Should().BeLessThanOrEqualTo(Mebibyte + Mebibyte / 4);
        queue.Groups.Single().Trimmed.Should().Be(queue.FirstOffset).And.BePositive();
    }

    [Fact]
    public async Task By_age_only_what_is_younger_stays_also_where_nobody_consumes()
    {
        var week = new Retention(RetentionKind.Age, 7 * 86_400);
        await Open().CreateAsync(
            EngineRig.Orders,
            new QueueSettings { Limits = new QueueLimits { Keep = week, Lagging = LaggingPolicy.DropOldest } },
            CancellationToken.None);
        await using IQueueProducer producer = await Open().OpenProducerAsync(
            EngineRig.Orders, new ProducerOptions(), CancellationToken.None);
        for (int day = 0; day < 20; day++)
        {
            await producer.SendAsync("x");
            _time.Advance(TimeSpan.FromDays(1));
        }

        // What ends a segment is age here, and who tidies up does so behind the producer's back.
        await Eventually.HoldsAsync(
            async () => (await Open().DescribeAsync(EngineRig.Orders, CancellationToken.None)).FirstOffset is 11 or 12,
            "what was stored in the last week stays");
    }

    [Fact]
    public async Task By_age_a_group_that_lags_stops_producers_if_so_asked()
    {
        var week = new Retention(RetentionKind.Age, 7 * 86_400);
        await Open().CreateAsync(
            EngineRig.Orders,
            new QueueSettings { Limits = new QueueLimits { Keep = week, Lagging = LaggingPolicy.Refuse } },
            CancellationToken.None);
        await using IQueueProducer producer = await Open().OpenProducerAsync(
            EngineRig.Orders, new ProducerOptions(), CancellationToken.None);
        await producer.SendAsync("x");
        _time.Advance(TimeSpan.FromDays(2));
        await producer.SendAsync("y");
        _time.Advance(TimeSpan.FromDays(6));
        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
        await using (IQueueConsumer consumer = await Open().OpenConsumerAsync(
            EngineRig.Orders, new ConsumerOptions(), CancellationToken.None))
            await consumer.FinishAsync(await consumer.TakeAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        await producer.SendAsync("z");
    }

    private static Settlement Failed(Delivery delivery, int hours) =>
        new(delivery, SettleOutcome.Retry) { Delay = TimeSpan.FromHours(hours), Error = "not now" };

    private static Retention OfSize(long bytes) => new(RetentionKind.Size, bytes);

    private FolderEngine Open() => FolderEngine.Open(_rig.Path, new FolderOptions { Time = _time });

    private async Task CreateAuditAsync() => await _rig.Open().CreateGroupAsync(
        EngineRig.Orders, Audit, StartPosition.First, CancellationToken.None);

    private async Task ProduceAsync(int count)
    {
        await using IQueueProducer producer = await _rig.ProducerAsync();
        for (int i = 0; i < count; i++) await producer.SendAsync(KeepingRig.Large);
    }
}
