using System.Text;
using Fiq.Engine;

namespace Fiq.Tests.Engine;

/// <summary>Queues in a folder, by the face that commands see.</summary>
public sealed class FolderEngineTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_is_produced_is_consumed_once_and_in_order()
    {
        await _rig.ProduceAsync("a", "b", "c");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> taken = await consumer.TakeAsync();
        taken.Select(each => Encoding.UTF8.GetString(each.Message.Body.Span)).Should().Equal("a", "b", "c");
        taken.Select(each => each.Attempt).Should().Equal(1, 1, 1);
        await consumer.FinishAsync(taken);
        (await consumer.TakeAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_queue_is_described_without_a_member_and_with_one()
    {
        await _rig.ProduceAsync("a", "b", "c");
        FolderEngine engine = _rig.Open();
        QueueDescription before = await engine.DescribeAsync(EngineRig.Orders, CancellationToken.None);
        (before.Records, before.Messages, before.Watermark, before.BacklogSeconds).Should().Be((3, 3, 3, 1.5));
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> taken = await consumer.TakeAsync(2);
        await consumer.FinishAsync(taken.Take(1));
        QueueDescription during = await engine.DescribeAsync(EngineRig.Orders, CancellationToken.None);
        GroupDescription group = during.Groups.Single();
        (group.Floor, group.Leased, group.Ready, group.Lag, group.BacklogSeconds).Should().Be((1, 1, 1, 2, 1.0));
        group.Consumers.Should().ContainSingle();
    }

    [Fact]
    public async Task Syncs_of_all_processes_are_counted_with_what_they_took()
    {
        (QueueDescription Queue, double Microseconds) before = await AfterAsync(() => _rig.ProduceAsync("a"));
        before.Queue.Syncs.Should().BePositive("also when nobody is attached any more");
        await using IQueueProducer first = await _rig.ProducerAsync();
        await using IQueueProducer second = await _rig.ProducerAsync();

        (QueueDescription Queue, double Microseconds) after = await AfterAsync(async () =>
        {
            await first.SendAsync("b");
            await second.SendAsync("c");
            await first.SendAsync("d");
        });

        (after.Queue.Syncs - before.Queue.Syncs).Should().Be(3, "each was alone and had its own");
        long took = after.Queue.SyncMicroseconds - before.Queue.SyncMicroseconds;
        took.Should().BeInRange(0, (long)after.Microseconds);
    }

    [Fact]
    public async Task Queues_are_listed_in_order_and_dead_letters_are_not()
    {
        FolderEngine engine = _rig.Open();
        (await engine.ListAsync(CancellationToken.None)).Should().BeEmpty();
        foreach (string name in new[] { "b", "a", "c" })
            await engine.CreateAsync(QueueName.Parse(name), new QueueSettings(), CancellationToken.None);
        Directory.CreateDirectory(_rig.PathOf(".new-1"));
        File.WriteAllText(_rig.PathOf("file"), "");
        IReadOnlyList<QueueName> names = await engine.ListAsync(CancellationToken.None);
        names.Select(name => name.ToString()).Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task Creating_a_queue_again_is_no_error_unless_it_shall_be_another()
    {
        FolderEngine engine = _rig.Open();
        var settings = new QueueSettings { SegmentBytes = 2 * 1024 * 1024 };
        (await engine.CreateAsync(EngineRig.Orders, settings, CancellationToken.None)).Should().BeTrue();
        (await engine.CreateAsync(EngineRig.Orders, settings, CancellationToken.None)).Should().BeFalse();
        ErrorCode code = await EngineCalls.CodeOfAsync(() =>
            engine.CreateAsync(EngineRig.Orders, new QueueSettings(), CancellationToken.None).AsTask());
        code.Should().Be(ErrorCode.QueueExistsDifferent);
    }

    [Fact]
    public async Task Settings_out_of_range_are_refused()
    {
        FolderEngine engine = _rig.Open();
        foreach (QueueSettings settings in new[]
            {
                new QueueSettings { SegmentBytes = 1000 },
                new QueueSettings { Limits = new QueueLimits { MessageBytesMax = 0 } },
                new QueueSettings { Limits = new QueueLimits { MessageBytesMax = Message.BodySizeMax + 1 } },
            })
            (await EngineCalls.CodeOfAsync(() =>
                engine.CreateAsync(EngineRig.Orders, settings, CancellationToken.None).AsTask()))
                .Should().Be(ErrorCode.BadRequest);
    }

    [Fact]
    public async Task One_of_many_that_create_a_queue_at_once_creates_it_and_all_can_use_it()
    {
        int created = 0;
        var offsets = new System.Collections.Concurrent.ConcurrentBag<long>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 16),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) =>
            {
                await using IQueueProducer producer = await _rig.ProducerAsync();
                if (producer.QueueCreated) Interlocked.Increment(ref created);
                offsets.Add(await producer.SendAsync($"{i}"));
            });
        created.Should().Be(1);
        offsets.Order().Should().Equal(Enumerable.Range(0, 16).Select(i => (long)i));
        Directory.EnumerateFileSystemEntries(_rig.Path).Should().HaveCount(2, "the queue, its dead letters, no rest");
    }

    [Fact]
    public async Task What_a_crash_left_of_a_creation_or_deletion_is_removed_by_the_next_one()
    {
        await _rig.ProduceAsync("a");
        Directory.CreateDirectory(_rig.PathOf(".new-0000000000000001/groups/default"));
        File.WriteAllText(_rig.PathOf(".new-0000000000000001/groups/default/offset.new"), "half");
        Directory.Move(_rig.PathOf("orders"), _rig.PathOf(".deleted-0000000000000002"));
        await _rig.Open().CreateAsync(QueueName.Parse("other"), new QueueSettings(), CancellationToken.None);
        Directory.EnumerateFileSystemEntries(_rig.Path, ".*").Should().BeEmpty();
        (await EngineCalls.CodeOfAsync(() =>
            _rig.Open().DescribeAsync(EngineRig.Orders, CancellationToken.None).AsTask()))
            .Should().Be(ErrorCode.QueueNotFound);
    }

    [Fact]
    public async Task A_message_larger_than_the_queue_takes_is_refused_with_all_of_its_request()
    {
        await _rig.Open().CreateAsync(
            EngineRig.Orders,
            new QueueSettings { Limits = new QueueLimits { MessageBytesMax = 10 } },
            CancellationToken.None);
        await using IQueueProducer producer = await _rig.ProducerAsync();
        Message[] request = [new Message { Body = new byte[10] }, new Message { Body = new byte[11] }];
        (await EngineCalls.CodeOfAsync(() => producer.ProduceAsync(request, CancellationToken.None).AsTask()))
            .Should().Be(ErrorCode.MessageTooLarge);
        (await producer.SendAsync("small")).Should().Be(0);
    }

    private async Task<(QueueDescription Queue, double Microseconds)> AfterAsync(Func<Task> work)
    {
        long began = TimeProvider.System.GetTimestamp();
        await work();
        double microseconds = TimeProvider.System.GetElapsedTime(began).TotalMicroseconds;
        return (await _rig.Open().DescribeAsync(EngineRig.Orders, CancellationToken.None), microseconds);
    }
}
