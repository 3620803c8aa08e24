using Fiq.Engine;
using Fiq.Files;
using Fiq.Tests.Bytes;
using Fiq.Tests.Doubles;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Engine;

/// <summary>What callers may send: every size, all or nothing, and calls that are cancelled.</summary>
public sealed class InputTests
{
    private const int Mebibyte = 1024 * 1024;
    private static readonly QueueName Name = QueueName.Parse("orders");
    private readonly MemoryDisk _disk = new();

    [Fact]
    public async Task A_message_of_any_size_up_to_the_limit_comes_out_as_it_went_in_also_when_larger_than_a_segment()
    {
        // Around a sector, a block, a batch's usual body, a segment; and the largest.
        int[] sizes =
        [
            0, 1, 7, 8, 9, 511, 512, 513, 4095, 4096, 4097, 65_535, 65_536, 65_537, Mebibyte - 65, Mebibyte - 64,
            Mebibyte - 63, Mebibyte, Mebibyte + 1, 2 * Mebibyte, Message.BodySizeMax - 1, Message.BodySizeMax,
        ];
        await CreateAsync(new QueueSettings { SegmentBytes = QueueSettings.SegmentBytesMin });
        await using (IQueueProducer producer = await SampleQueue.ProducerAsync(_disk))
            foreach (int size in sizes)
                await producer.ProduceAsync([Of(size)], CancellationToken.None);
        await using IQueueConsumer consumer = await SampleQueue.ConsumerAsync(_disk, SampleQueue.DefaultGroup);
        var read = new List<int>();
        while (await consumer.TakeAsync() is { Count: > 0 } more)
        {
            foreach (Delivery each in more)
                each.Message.Body.Span.SequenceEqual(Of(each.Message.Body.Length).Body.Span).Should().BeTrue();
            read.AddRange(more.Select(each => each.Message.Body.Length));
        }

        read.Should().Equal(sizes);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_before_anything_is_written()
    {
        await CreateAsync(new QueueSettings());
        await using IQueueProducer producer = await SampleQueue.ProducerAsync(_disk);
        foreach (int size in (int[])[Message.BodySizeMax + 1, 2 * Message.BodySizeMax])
            await RefusedAsync(producer, ErrorCode.MessageTooLarge, [Of(size)]);
    }

    [Fact]
    public async Task A_request_with_one_bad_message_stores_none_wherever_it_stands()
    {
        await CreateAsync(new QueueSettings());
        await using IQueueProducer producer = await SampleQueue.ProducerAsync(_disk);
        (ErrorCode Code, Message Bad)[] all =
        [
            (ErrorCode.MessageTooLarge, Of(Message.BodySizeMax + 1)),
            (ErrorCode.BadRequest, new Message { ProcessingMicroseconds = -1 }),
            (ErrorCode.BadRequest, new Message { ProcessingMicroseconds = Message.ProcessingMicrosecondsMax + 1 }),
            (ErrorCode.BadRequest, new Message { Priority = 10 }),
            (ErrorCode.BadRequest, new Message { Priority = -1 }),
            (ErrorCode.BadRequest, new Message { NotBeforeMicroseconds = -1 }),
        ];
        foreach ((ErrorCode code, Message bad) in all)
        {
            for (int place = 0; place < 5; place++)
            {
                List<Message> request = [.. Enumerable.Range(0, 4).Select(Of)];
                request.Insert(place, bad);
                await RefusedAsync(producer, code, request);
            }
        }

        (await producer.SendAsync("first")).Should().Be(0);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_it_began_writes_nothing()
    {
        await CreateAsync(new QueueSettings());
        await using IQueueProducer producer = await SampleQueue.ProducerAsync(_disk);
        await using IQueueConsumer consumer = await SampleQueue.ConsumerAsync(_disk, SampleQueue.DefaultGroup);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Func<Task> produce = async () => await producer.ProduceAsync([Of(5)], cancelled.Token);
        Func<Task> lease = async () => await consumer.LeaseAsync(10, TimeSpan.FromHours(1), cancelled.Token);
        await produce.Should().ThrowAsync<OperationCanceledException>();
        await lease.Should().ThrowAsync<OperationCanceledException>();
        (await producer.SendAsync("first")).Should().Be(0);
        (await consumer.OffsetsAsync()).Should().Equal(0);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("fdatasync")]
    public async Task A_call_that_is_cancelled_in_the_middle_is_stored_whole_and_leaves_no_lock(string call)
    {
        await CreateAsync(new QueueSettings());
        using var cancelling = new CancellationTokenSource();
        var faults = new Faults();
        await using IQueueProducer producer = await SampleQueue.ProducerAsync(new FaultyFileSystem(_disk, faults));
        faults.ErrorOf = (which, _) =>
        {
            if (which == call) cancelling.Cancel();
            return Errno.None;
        };
        await producer.ProduceAsync([Of(1), Of(2)], cancelling.Token);
        cancelling.IsCancellationRequested.Should().BeTrue();
        await using IQueueProducer other = await SampleQueue.ProducerAsync(_disk);
        (await other.SendAsync("behind")).Should().Be(2);
        await using IQueueConsumer consumer = await SampleQueue.ConsumerAsync(_disk, SampleQueue.DefaultGroup);
        (await consumer.OffsetsAsync()).Should().Equal(0, 1, 2);
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_takes_nothing()
    {
        await CreateAsync(new QueueSettings());
        await using IQueueConsumer consumer = await SampleQueue.ConsumerAsync(_disk, SampleQueue.DefaultGroup);
        using var cancelling = new CancellationTokenSource();
        ValueTask<IReadOnlyList<Delivery>> wait = consumer.LeaseAsync(10, TimeSpan.FromHours(1), cancelling.Token);
        await cancelling.CancelAsync();
        (await wait).Should().BeEmpty();
        await using IQueueProducer producer = await SampleQueue.ProducerAsync(_disk);
        await producer.SendAsync("first");
        await using IQueueConsumer other = await SampleQueue.ConsumerAsync(_disk, SampleQueue.DefaultGroup);
        (await other.OffsetsAsync()).Should().Equal(0);
    }

    private static Message Of(int size)
    {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i += 13) body[i] = (byte)(i / 13 + size);
        return new Message { Body = body };
    }

    private async Task CreateAsync(QueueSettings settings) =>
        await SampleQueue.Open(_disk).CreateAsync(Name, settings, CancellationToken.None);

    private async Task RefusedAsync(IQueueProducer producer, ErrorCode code, IReadOnlyList<Message> request)
    {
        long before = _disk.Changes;
        (await EngineCalls.CodeOfAsync(() => producer.ProduceAsync(request, CancellationToken.None).AsTask()))
            .Should().Be(code);
        _disk.Changes.Should().Be(before, "nothing is written");
    }
}
