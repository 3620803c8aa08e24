using System.Diagnostics;
using System.Text;
using Fiq.Cli.Tests.Processes;
using Fiq.Engine;

namespace Fiq.Crash.Tests.Ledgers;

/// <summary>
/// A queue as another process uses it, which here is the one of the tests: a hundred times quicker than to start one,
/// and for whatever died or failed before it makes no difference.
/// </summary>
internal sealed class OpenQueue(string store, string name)
{
    private const int AtATime = 64;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    private readonly FolderEngine _engine = FolderEngine.Open(store);
    private readonly QueueName _queue = QueueName.Parse(name);

    public Task CreateAsync(long segmentBytes = QueueSettings.SegmentBytesMin) =>
        _engine.CreateAsync(_queue, new QueueSettings { SegmentBytes = segmentBytes }, default).AsTask();

    public Task CreateGroupAsync(string group) =>
        _engine.CreateGroupAsync(_queue, GroupName.Parse(group), StartPosition.First, default).AsTask();

    public Task DeleteAsync() => _engine.DeleteAsync(_queue, default).AsTask();

    public async Task<bool> ExistsAsync() => (await _engine.ListAsync(default)).Contains(_queue);

    /// <summary>Stores messages at once and returns the offset of the first.</summary>
    public async Task<long> ProduceAsync(params (string Key, string Body)[] messages)
    {
        await using var producer = await _engine.OpenProducerAsync(_queue, new ProducerOptions(), default);
        Message[] encoded = [.. messages.Select(message => Encode(message, TimeSpan.Zero))];
        var acks = await producer.ProduceAsync(encoded, default);
        return acks[0].Offset;
    }

    /// <summary>Stores a message that takes its time to be worked on, and returns its offset.</summary>
    public async Task<long> ProduceSlowAsync(string key, string body, TimeSpan time)
    {
        await using var producer = await _engine.OpenProducerAsync(_queue, new ProducerOptions(), default);
        var acks = await producer.ProduceAsync([Encode((key, body), time)], default);
        return acks[0].Offset;
    }

    /// <summary>Takes and settles everything that the group has yet to see.</summary>
    public async Task<IReadOnlyList<Found>> DrainAsync(string group = "default")
    {
        var options = new ConsumerOptions { Group = GroupName.Parse(group) };
        await using var consumer = await _engine.OpenConsumerAsync(_queue, options, default);
        var found = new List<Found>();
        var patience = Stopwatch.StartNew();
        while ((await consumer.DescribeAsync(default)).Lag > 0)
        {
            var taken = await consumer.LeaseAsync(AtATime, Wait, default);
            foreach (var delivery in taken)
            {
                consumer.TryStart(delivery).Should().BeTrue("nobody else is there to take {0}", delivery.Offset);
            }

            await consumer.SettleAsync([.. taken.Select(each => new Settlement(each, SettleOutcome.Done))], default);
            found.AddRange(taken.Select(Decode));
            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience, "{0} came", found.Count);
        }

        return found;
    }

    private static Message Encode((string Key, string Body) message, TimeSpan time) => new()
    {
        Key = MessageKey.Parse(message.Key),
        Body = Encoding.UTF8.GetBytes(message.Body),
        ProcessingMicroseconds = (long)time.TotalMicroseconds,
    };

    private static Found Decode(Delivery delivery) =>
        new(delivery.Offset, delivery.Message.Key.ToString(), Encoding.UTF8.GetString(delivery.Message.Body.Span));
}
