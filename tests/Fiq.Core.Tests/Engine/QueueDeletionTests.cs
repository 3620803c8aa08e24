using Fiq.Engine;

namespace Fiq.Tests.Engine;

/// <summary>A queue is deleted in use: each process is told, none hangs, nothing is acknowledged any more.</summary>
public sealed class QueueDeletionTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Everything_is_gone_and_a_queue_of_that_name_begins_anew()
    {
        await _rig.ProduceAsync("a", "b");
        await DeleteAsync();
        Directory.EnumerateFileSystemEntries(_rig.Path).Should().BeEmpty();
        (await EngineCalls.CodeOfAsync(DeleteAsync)).Should().Be(ErrorCode.QueueNotFound);
        await _rig.ProduceAsync("c");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        (await consumer.OffsetsAsync()).Should().Equal(0);
    }

    [Fact]
    public async Task A_producer_is_told()
    {
        await using IQueueProducer producer = await _rig.ProducerAsync();
        await producer.SendAsync("a");
        await DeleteAsync();
        (await EngineCalls.CodeOfAsync(() => producer.SendAsync("b"))).Should().Be(ErrorCode.QueueNotFound);
    }

    [Fact]
    public async Task A_consumer_that_waits_is_woken_and_told_and_can_leave()
    {
        IQueueConsumer consumer = await _rig.ConsumerAsync();
        Task<IReadOnlyList<Delivery>> waiting =
            consumer.LeaseAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None).AsTask();
        await DeleteAsync();
        (await EngineCalls.CodeOfAsync(() => waiting)).Should().Be(ErrorCode.QueueNotFound);
        (await EngineCalls.CodeOfAsync(() => consumer.TakeAsync())).Should().Be(ErrorCode.QueueNotFound);
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task A_consumer_with_messages_in_its_hands_can_leave()
    {
        await _rig.ProduceAsync("a", "b");
        IQueueConsumer consumer = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> taken = await consumer.TakeAsync();
        await consumer.FinishAsync(taken.Take(1));
        await DeleteAsync();
        await consumer.DisposeAsync();
        await _rig.ProduceAsync("c");
        Directory.EnumerateFileSystemEntries(_rig.Path).Should().HaveCount(2);
    }

    [Fact]
    public async Task Of_many_producers_none_is_acknowledged_after_the_deletion_and_all_come_to_an_end()
    {
        await using IQueueProducer first = await _rig.ProducerAsync();
        bool deleted = false;
        int late = 0;
        IQueueProducer[] members = [await _rig.ProducerAsync(), await _rig.ProducerAsync()];
        Task[] producers = [.. members.Select(member => Task.Run(async () =>
        {
            await using IQueueProducer producer = member;
            while (true)
            {
                bool before = Volatile.Read(ref deleted);
                ErrorCode? error = await TrySendAsync(producer);
                if (error is not null)
                {
                    error.Should().BeOneOf(ErrorCode.QueueNotFound, ErrorCode.Unknown);
                    return;
                }

                if (before) Interlocked.Increment(ref late);
            }
        }))];
        for (int i = 0; i < 20; i++) await first.SendAsync("x");
        await DeleteAsync();
        Volatile.Write(ref deleted, true);
        await Task.WhenAll(producers);
        late.Should().Be(0);
    }

    [Fact]
    public async Task Deleted_by_many_at_once_one_has_done_it()
    {
        await _rig.ProduceAsync("a");
        int done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 6), async (_, _) =>
        {
            try
            {
                await DeleteAsync();
                Interlocked.Increment(ref done);
            }
            catch (FiqException error)
            {
                error.Code.Should().Be(ErrorCode.QueueNotFound);
            }
        });
        done.Should().Be(1);
    }

    [Fact]
    public async Task Who_opens_a_queue_while_it_is_deleted_and_made_anew_never_writes_into_the_old_one()
    {
        await _rig.ProduceAsync("first");
        bool stop = false;
        Task writer = Task.Run(async () =>
        {
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                try
                {
                    await using IQueueProducer producer = await _rig.ProducerAsync();
                    await producer.SendAsync($"{i}");
                }
                catch (FiqException error)
                {
                    error.Code.Should().BeOneOf(ErrorCode.QueueNotFound, ErrorCode.Unknown);
                }
            }
        });
        for (int i = 0; i < 15; i++)
        {
            try
            {
                await DeleteAsync();
            }
            catch (FiqException error)
            {
                error.Code.Should().Be(ErrorCode.QueueNotFound);
            }
        }

        Volatile.Write(ref stop, true);
        await writer;
    }

    private static async Task<ErrorCode?> TrySendAsync(IQueueProducer producer)
    {
        try
        {
            await producer.SendAsync("x");
            return null;
        }
        catch (FiqException error)
        {
            return error.Code;
        }
    }

    private async Task DeleteAsync() => await _rig.Open().DeleteAsync(EngineRig.Orders, CancellationToken.None);
}
