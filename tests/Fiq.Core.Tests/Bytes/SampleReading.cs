using Fiq.Engine;
using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;
using Fiq.Tests.Engine;

namespace Fiq.Tests.Bytes;

/// <summary>All that anybody can learn of a queue.</summary>
/// <param name="Description">What a look says; null when it was refused.</param>
/// <param name="All">What a reader gets who has seen nothing yet.</param>
/// <param name="Rest">What a group gets that has settled some; null when no group was asked.</param>
/// <param name="Next">The offset of a message appended in the end; null when nothing was appended.</param>
/// <param name="Errors">Every refusal on the way.</param>
internal sealed record SampleReading(
    QueueDescription? Description,
    IReadOnlyList<StoredMessage> All,
    IReadOnlyList<StoredMessage>? Rest,
    long? Next,
    IReadOnlyList<FiqException> Errors)
{
    /// <summary>Looks, attaches, recovers, and reads the whole log, as every consumer does.</summary>
    public static SampleReading OfLog(MemoryDisk disk)
    {
        var errors = new List<FiqException>();
        QueueDescription? description = Look(disk, errors);
        var all = new List<StoredMessage>();
        Try(
            () =>
            {
                using QueueFolder folder = SampleQueue.OpenFolder(disk);
                using QueueLog log = folder.Attach();
                using LogReader reader = log.OpenReader();
                try
                {
                    LogMark end = log.Watermark;
                    for (long next = 0; next < end.Offset;)
                        next = reader.Read(next, end.Offset, end.Epoch, all, long.MaxValue);
                }
                catch (DamagedException error)
                {
                    throw error.In(folder.Directory.Path);
                }

                return log;
            },
            errors);
        return new SampleReading(description, all, null, null, errors);
    }

    /// <summary>The same through the groups that commands join; then appends, unless something was refused.</summary>
    public static async Task<SampleReading> OfGroupsAsync(MemoryDisk disk)
    {
        var errors = new List<FiqException>();
        QueueDescription? description = Look(disk, errors);
        List<StoredMessage> all = await TakeAllAsync(disk, SampleQueue.AuditGroup, errors);
        List<StoredMessage> rest = await TakeAllAsync(disk, SampleQueue.DefaultGroup, errors);
        long? next = null;
        if (errors.Count == 0)
        {
            await using IQueueProducer producer = await SampleQueue.ProducerAsync(disk);
            next = await producer.SendAsync("next");
        }

        return new SampleReading(description, all, rest, next, errors);
    }

    private static QueueDescription? Look(MemoryDisk disk, List<FiqException> errors)
    {
        long before = disk.Changes;
        QueueDescription? description = Try(() => SampleQueue.Describe(disk), errors);
        if (disk.Changes != before) throw new InvalidOperationException("a look has changed something");
        return description;
    }

    private static async Task<List<StoredMessage>> TakeAllAsync(
        MemoryDisk disk, string group, List<FiqException> errors)
    {
        var taken = new List<StoredMessage>();
        try
        {
            await using IQueueConsumer consumer = await SampleQueue.ConsumerAsync(disk, group);
            while (await consumer.TakeAsync() is { Count: > 0 } more)
                taken.AddRange(more.Select(each => new StoredMessage(each.Offset, each.Message)));
        }
        catch (FiqException error)
        {
            errors.Add(error);
        }

        return taken;
    }

    private static T? Try<T>(Func<T> action, List<FiqException> errors)
        where T : class
    {
        try
        {
            return action();
        }
        catch (FiqException error)
        {
            errors.Add(error);
            return null;
        }
    }
}
