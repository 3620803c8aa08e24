using System.Text;
using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Tests.Groups;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Engine;

/// <summary>A folder of queues; every call of <see cref="Open"/> is as good as another process.</summary>
internal sealed class EngineRig : IDisposable
{
    public static readonly QueueName Orders = QueueName.Parse("orders");

    /// <summary>The work that each message declares, in seconds.</summary>
    public const double Seconds = 0.5;

    private readonly LogFolder _folder = new();

    public string Path => _folder.PathOf("store");

    public FolderEngine Open() => FolderEngine.Open(Path);

    public string PathOf(string entry) => System.IO.Path.Join(Path, entry);

    public async Task<IQueueProducer> ProducerAsync() =>
        await Open().OpenProducerAsync(Orders, new ProducerOptions(), CancellationToken.None);

    public async Task<IQueueConsumer> ConsumerAsync(string group = "default", StartPosition? start = null) =>
        await Open().OpenConsumerAsync(
            Orders,
            new ConsumerOptions { Group = GroupName.Parse(group), Start = start },
            CancellationToken.None);

    public async Task ProduceAsync(params string[] bodies)
    {
        await using IQueueProducer producer = await ProducerAsync();
        foreach (string body in bodies) await producer.SendAsync(body);
    }

    /// <summary>A member that takes everything, begins it, and dies.</summary>
    public void TakeAndDie(long readable)
    {
        var options = new FolderOptions();
        using IDirectory store = StoreFolder.TryOpen(options.Files, Path, allowUnsafeFileSystem: false, out _)!;
        using QueueFolder queue = QueueFolder.TryOpen(store, Orders, options)!;
        using IDirectory folder = queue.TryOpenGroup(GroupName.Default)!;
        var group = ConsumerGroup.Attach(
            folder, queue.GroupOf(GroupName.Default), GroupOptions.OfAdministration(TimeSpan.FromSeconds(10)));
        foreach (Lease lease in group.Claim(64, readable))
            foreach (long offset in lease.Offsets())
                group.TryStart(lease.Token, offset).Should().BeTrue();
        group.Abandon();
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Short forms for tests.</summary>
internal static class EngineCalls
{
    public static async Task<long> SendAsync(this IQueueProducer producer, string body)
    {
        var message = new Message
        {
            Body = Encoding.UTF8.GetBytes(body),
            ProcessingMicroseconds = (long)(EngineRig.Seconds * 1_000_000),
        };
        return (await producer.ProduceAsync([message], CancellationToken.None))[0].Offset;
    }

    public static async Task<IReadOnlyList<Delivery>> TakeAsync(this IQueueConsumer consumer, int count = 1000) =>
        await consumer.LeaseAsync(count, TimeSpan.Zero, CancellationToken.None);

    public static async Task<List<long>> OffsetsAsync(this IQueueConsumer consumer) =>
        [.. (await consumer.TakeAsync()).Select(delivery => delivery.Offset)];

    public static async Task FinishAsync(this IQueueConsumer consumer, IEnumerable<Delivery> deliveries)
    {
        Settlement[] ends = [.. deliveries.Select(each => new Settlement(each, SettleOutcome.Done))];
        (await consumer.SettleAsync(ends, CancellationToken.None)).Should().AllBeEquivalentTo(true);
    }

    public static async Task<ErrorCode> CodeOfAsync(Func<Task> act)
    {
        FiqException error = (await act.Should().ThrowAsync<FiqException>()).Which;
        return error.Code;
    }
}
