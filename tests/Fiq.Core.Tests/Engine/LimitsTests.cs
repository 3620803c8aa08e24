using Fiq.Engine;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine;

public sealed class LimitsTests : IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Several_producers_together_never_store_more_messages_than_allowed()
    {
        await _rig.CreateAsync(new QueueLimits { MessagesMax = 100 });
        int[] stored = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using IQueueProducer producer = await _rig.ProducerAsync();
            int count = 0;
            for (int i = 0; i < 60; i++)
            {
                try
                {
                    await producer.SendAsync("x");
                    count++;
                }
                catch (FiqException error)
                {
                    error.Code.Should().Be(ErrorCode.QueueFull);
                }
            }

            return count;
        })));
        stored.Sum().Should().Be(100);
        (await _rig.DescribeAsync()).Messages.Should().Be(100);
    }

    [Fact]
    public async Task A_refused_producer_goes_on_by_itself_as_soon_as_a_consumer_has_settled()
    {
        await _rig.CreateAsync(new QueueLimits { MessagesMax = 5 });
        await using IQueueProducer producer = await _rig.ProducerAsync();
        for (int i = 0; i < 5; i++) await producer.SendAsync("x");
        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            IReadOnlyList<Delivery> taken = await consumer.TakeAsync(3);
            (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull, "what runs is not settled");
            await consumer.FinishAsync(taken.Take(2));
            await producer.SendAsync("x");
            await producer.SendAsync("x");
            (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
        }

        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
        await _rig.DrainAsync(5);
        for (int i = 0; i < 5; i++) await producer.SendAsync("x");
        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
    }

    [Fact]
    public async Task A_message_counts_until_every_group_has_settled_it()
    {
        await _rig.CreateAsync(new QueueLimits { MessagesMax = 10 });
        await _rig.Open().CreateGroupAsync(
            EngineRig.Orders, GroupName.Parse("audit"), StartPosition.First, CancellationToken.None);
        await using IQueueProducer producer = await _rig.ProducerAsync();
        for (int i = 0; i < 10; i++) await producer.SendAsync("x");
        await _rig.DrainAsync(10);
        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);

        // Each group has settled four, but only two are the same.
        await using IQueueConsumer audit = await _rig.ConsumerAsync("audit");
        await audit.FinishAsync((await audit.TakeAsync(4)).Skip(2));
        for (int i = 0; i < 2; i++) await producer.SendAsync("x");
        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
        await audit.FinishAsync(await audit.TakeAsync(1000));
        (await _rig.DescribeAsync()).Messages.Should().Be(4, "two run in one group, two wait in the other");
        for (int i = 0; i < 6; i++) await producer.SendAsync("x");
        (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
    }

    [Fact]
    public async Task Of_a_request_that_does_not_fit_nothing_is_stored_unless_its_messages_stand_alone()
    {
        await _rig.CreateAsync(new QueueLimits { MessagesMax = 10 });
        Message[] messages = [.. Enumerable.Range(0, 12).Select(_ => new Message { Body = "x"u8.ToArray() })];
        await using IQueueProducer whole = await _rig.ProducerAsync();
        (await EngineCalls.CodeOfAsync(() => whole.ProduceAsync(messages, CancellationToken.None).AsTask()))
            .Should().Be(ErrorCode.MessageTooLarge, "so many never fit together");
        (await EngineCalls.CodeOfAsync(async () =>
        {
            await whole.ProduceAsync(messages[..4], CancellationToken.None);
            await whole.ProduceAsync(messages[..8], CancellationToken.None);
        })).Should().Be(ErrorCode.QueueFull);
        (await _rig.DescribeAsync()).Records.Should().Be(4);
        await _rig.DrainAsync(4);

        await using IQueueProducer each = await _rig.Open().OpenProducerAsync(
            EngineRig.Orders,
            new ProducerOptions { StopAtFailure = true, StoreWhatFits = true },
            CancellationToken.None);
        Func<Task> send = () => each.ProduceAsync(messages, CancellationToken.None).AsTask();
        PartlyStoredException partly = (await send.Should().ThrowAsync<PartlyStoredException>()).Which;
        partly.Code.Should().Be(ErrorCode.QueueFull);
        partly.Stored.Select(ack => ack.Offset).Should().Equal(Enumerable.Range(4, 10).Select(n => (long)n));
        (await _rig.DescribeAsync()).NextOffset.Should().Be(14);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_never_fits_is_too_large_at_once_and_whatever_is_not_too_large_fits_once_all_is_settled(
        bool isNamed)
    {
        await _rig.CreateAsync(new QueueLimits { BytesMax = Mebibyte });
        int asked = 0;
        var options = new ProducerOptions
        {
            Name = isNamed ? ProducerName.Parse("nightly") : null,
            WhenFull = _ =>
            {
                // Whoever waits for room gets it: all is settled.
                _rig.DrainAsync(1000).GetAwaiter().GetResult();
                return ++asked < 100;
            },
        };
        await using IQueueProducer producer = await _rig.Open().OpenProducerAsync(
            EngineRig.Orders, options, CancellationToken.None);
        ulong sequence = 0;
        async Task SendAsync(int size) => await producer.ProduceAsync(
            [new Message { Body = new byte[size], Sequence = isNamed ? ++sequence : 0 }], CancellationToken.None);

        int stored = 0;
        for (int size = Mebibyte - 736; size <= Mebibyte - 560; size += 8)
        {
            await SendAsync(1);
            asked = 0;
            if (await RefusalAsync(() => SendAsync(size)) is not FiqException refused)
            {
                (stored is 0 || stored == size - 8).Should().BeTrue("behind one that is too large all are");
                stored = size;
                continue;
            }

            refused.Code.Should().Be(ErrorCode.MessageTooLarge);
            refused.Message.Should().StartWith("too large for queue \"orders\", even when it is empty: it takes ")
                .And.EndWith($"of at most {Mebibyte} of the whole queue (maxBytes)");
            asked.Should().Be(0);
        }

        stored.Should().BeInRange(Mebibyte - 736, Mebibyte - 568);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Segments_never_take_more_of_the_disk_than_allowed_and_nearly_all_of_it(int mebibytes)
    {
        long max = mebibytes * Mebibyte;
        await _rig.CreateAsync(new QueueLimits { BytesMax = max });
        IQueueProducer producer = await _rig.ProducerAsync();
        (int stored, ErrorCode code) = await producer.FillAsync();
        code.Should().Be(ErrorCode.QueueFull);
        // Which waits until what it has filled is tidied up.
        await producer.DisposeAsync();
        (stored * (long)KeepingRig.Large.Length).Should().BeGreaterThan(max * 5 / 8);
        (await _rig.DescribeAsync()).Bytes.Should().BeLessThanOrEqualTo(max);
    }

    [Fact]
    public async Task Consumers_make_room_on_the_disk_and_once_all_is_settled_all_of_it_is_there_again()
    {
        await _rig.CreateAsync(new QueueLimits { BytesMax = Mebibyte });
        await using IQueueProducer producer = await _rig.ProducerAsync();
        (int first, _) = await producer.FillAsync();
        await _rig.DrainAsync(first / 2);
        (int half, ErrorCode code) = await producer.FillAsync();
        code.Should().Be(ErrorCode.QueueFull);
        half.Should().BeInRange(first / 4, (first / 2) + 1);
        for (int round = 0; round < 3; round++)
        {
            await _rig.DrainAsync(1000);
            (int again, _) = await producer.FillAsync();
            again.Should().BeGreaterThan(first / 2);
        }
    }

    [Fact]
    public async Task A_last_segment_that_is_settled_and_too_large_ends_to_make_room()
    {
        await _rig.CreateAsync(QueueLimits.None);
        await using IQueueProducer producer = await _rig.ProducerAsync();
        for (int i = 0; i < 15; i++) await producer.SendAsync(KeepingRig.Large);
        await _rig.DrainAsync(15);
        await _rig.SetAsync(new QueueLimits { BytesMax = Mebibyte });
        await using IQueueProducer other = await _rig.ProducerAsync();
        // Some 750 kB are in the tail already, so half of this has no room while they stay.
        for (int i = 0; i < 10; i++) await other.SendAsync(KeepingRig.Large);
        (await _rig.DescribeAsync()).FirstOffset.Should().BePositive();
    }

    [Fact]
    public async Task While_less_is_free_than_shall_be_nothing_is_stored_and_all_can_be_consumed()
    {
        await _rig.CreateAsync(QueueLimits.None);
        await _rig.ProduceAsync("a", "b");
        await _rig.SetAsync(new QueueLimits { FreeBytesMin = long.MaxValue });
        await using IQueueProducer producer = await _rig.ProducerAsync();
        (await producer.RefusedAsync()).Should().Be(ErrorCode.DiskFull);
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        await consumer.FinishAsync(await consumer.TakeAsync());
        await _rig.SetAsync(new QueueLimits { FreeBytesMin = 0 });
        await using IQueueProducer again = await _rig.ProducerAsync();
        await again.SendAsync("c");
    }

    [Fact]
    public async Task A_running_producer_obeys_new_settings()
    {
        await _rig.CreateAsync(QueueLimits.None);
        await using IQueueProducer producer = await _rig.ProducerAsync();
        await producer.SendAsync("x");
        await _rig.SetAsync(new QueueLimits { MessagesMax = 1 });
        await Eventually.HoldsAsync(() => IsRefusedAsync(producer), "it is full now");
        await _rig.SetAsync(QueueLimits.None, reset: true);
        await Eventually.HoldsAsync(async () => !await IsRefusedAsync(producer), "it has no limit any more");
    }

    [Fact]
    public async Task What_a_process_was_told_counts_more_than_the_queue_and_the_queue_more_than_the_store()
    {
        await _rig.CreateAsync(QueueLimits.None);
        await File.WriteAllTextAsync(_rig.PathOf("_config.json"), """{ "maxMessages": 2, "keep": "7d" }""");
        await _rig.ProduceAsync("a", "b");
        await using (IQueueProducer producer = await _rig.ProducerAsync())
            (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
        (await _rig.DescribeAsync()).Limits.Keep.Should().Be(new Retention(RetentionKind.Age, 7 * 86_400));

        await _rig.SetAsync(new QueueLimits { MessagesMax = 3 });
        await _rig.ProduceAsync("c");
        await using (IQueueProducer producer = await _rig.ProducerAsync())
            (await producer.RefusedAsync()).Should().Be(ErrorCode.QueueFull);

        var told = new FolderOptions { Limits = new QueueLimits { MessagesMax = 4 } };
        await using IQueueProducer fourth = await FolderEngine.Open(_rig.Path, told).OpenProducerAsync(
            EngineRig.Orders, new ProducerOptions(), CancellationToken.None);
        await fourth.SendAsync("d");
        (await fourth.RefusedAsync()).Should().Be(ErrorCode.QueueFull);
    }

    private static async Task<FiqException?> RefusalAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (FiqException error)
        {
            return error;
        }
    }

    private static async Task<bool> IsRefusedAsync(IQueueProducer producer)
    {
        try
        {
            await producer.SendAsync("x");
            return false;
        }
        catch (FiqException error) when (error.Code == ErrorCode.QueueFull)
        {
            return true;
        }
    }
}
