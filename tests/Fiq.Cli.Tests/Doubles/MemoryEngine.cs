using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fiq.Engine;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Tests.Doubles;

/// <summary>Queues in memory, with errors on demand: what the commands see of an engine, without a disk.</summary>
internal sealed class MemoryEngine : IQueueEngine, IQueueInspection
{
    public ConcurrentDictionary<string, List<Message>> Queues { get; } = new();

    /// <summary>Asked before each call to store; what it returns is thrown.</summary>
    public Func<int, FiqException?> FailProduce { get; set; } = _ => null;

    /// <summary>What describing a queue answers.</summary>
    public Func<QueueName, QueueDescription>? Describe { get; set; }

    /// <summary>What verifying a queue finds.</summary>
    public Func<QueueName, QueueInspection>? Inspect { get; set; }

    /// <summary>What a repair would do about it.</summary>
    public IReadOnlyList<RepairStep> Steps { get; set; } = [];

    public int Repairs { get; private set; }

    public List<(string Queue, string Group, StartPosition Start)> Groups { get; } = [];

    /// <summary>What was changed: set, paused, resumed, moved and deleted, in order.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>What moving a group answers.</summary>
    public Func<GroupMove>? Move { get; set; }

    public (QueueLimits Change, bool Reset) LastSet { get; private set; }

    public QueueSettings? LastSettings { get; private set; }

    public int MessageBytesMax { get; set; } = Message.BodySizeMax;

    /// <summary>Dead letters, of whichever queue.</summary>
    public List<DeadLetter> Dead { get; } = [];

    /// <summary>Those that were sent back.</summary>
    public List<DeadLetter> Retried { get; } = [];

    public string Location => "memory";

    public ValueTask<IReadOnlyList<QueueName>> ListAsync(CancellationToken cancellation) =>
        new([.. Queues.Keys.Order(StringComparer.Ordinal).Select(QueueName.Parse)]);

    public ValueTask<QueueDescription> DescribeAsync(QueueName queue, CancellationToken cancellation)
    {
        List<Message> messages = Find(queue);
        return new(Describe?.Invoke(queue) ?? new QueueDescription
        {
            Name = queue,
            Messages = messages.Count,
            Records = messages.Count,
            Bytes = messages.Sum(message => message.Body.Length),
            FirstOffset = 0,
            NextOffset = messages.Count,
            Watermark = messages.Count,
            Segments = 1,
            Groups = [],
        });
    }

    public ValueTask<bool> CreateAsync(QueueName queue, QueueSettings settings, CancellationToken cancellation)
    {
        LastSettings = settings;
        return new(Queues.TryAdd(queue.ToString(), []));
    }

    public ValueTask DeleteAsync(QueueName queue, CancellationToken cancellation)
    {
        Find(queue);
        Queues.TryRemove(queue.ToString(), out _);
        return default;
    }

    public ValueTask<bool> CreateGroupAsync(
        QueueName queue, GroupName group, StartPosition start, CancellationToken cancellation)
    {
        Find(queue);
        bool isNew = !Groups.Exists(known => known.Queue == queue.ToString() && known.Group == group.ToString());
        Groups.Add((queue.ToString(), group.ToString(), start));
        return new(isNew);
    }

    public async IAsyncEnumerable<DeadLetter> ReadDeadLettersAsync(
        QueueName queue, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Find(queue);
        await Task.CompletedTask;
        foreach (DeadLetter letter in Dead.ToArray()) yield return letter;
    }

    public ValueTask<int> RetryDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation)
    {
        Retried.AddRange(letters);
        return PurgeDeadLettersAsync(queue, letters, cancellation);
    }

    public ValueTask<int> PurgeDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation) =>
        new(Dead.RemoveAll(letters.Contains));

    public ValueTask<long> PurgeAsync(QueueName queue, CancellationToken cancellation)
    {
        List<Message> messages = Find(queue);
        int count = messages.Count;
        messages.Clear();
        return new(count);
    }

    public ValueTask SetAsync(QueueName queue, QueueLimits change, bool reset, CancellationToken cancellation)
    {
        Find(queue);
        LastSet = (change, reset);
        return default;
    }

    public ValueTask<bool> PauseAsync(
        QueueName queue, GroupName? group, bool paused, CancellationToken cancellation)
    {
        Find(queue);
        string what = $"{queue}/{group} paused {paused}";
        bool changed = Changes.LastOrDefault() != what;
        Changes.Add(what);
        return new(changed);
    }

    public ValueTask<GroupMove> SeekGroupAsync(
        QueueName queue, GroupName group, StartPosition to, bool dryRun, CancellationToken cancellation)
    {
        Find(queue);
        if (!dryRun) Changes.Add($"{queue}/{group} moved to {to.Kind} {to.Value}");
        return new(Move!());
    }

    public ValueTask DeleteGroupAsync(
        QueueName queue, GroupName group, bool dryRun, CancellationToken cancellation)
    {
        Find(queue);
        if (!dryRun) Changes.Add($"{queue}/{group} deleted");
        return default;
    }

    public ValueTask<IQueueProducer> OpenProducerAsync(
        QueueName queue, ProducerOptions options, CancellationToken cancellation)
    {
        bool created = Queues.TryAdd(queue.ToString(), []);
        return new(new Producer(this, queue, created));
    }

    public ValueTask<IQueueConsumer> OpenConsumerAsync(
        QueueName queue, ConsumerOptions options, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<QueueInspection?> VerifyAsync(QueueName queue, CancellationToken cancellation) =>
        new(Queues.ContainsKey(queue.ToString()) ? Inspect!(queue) : null);

    public ValueTask<RepairReport?> RepairAsync(QueueName queue, bool dryRun, CancellationToken cancellation)
    {
        if (!Queues.ContainsKey(queue.ToString())) return new((RepairReport?)null);
        if (!dryRun) Repairs++;
        return new(new RepairReport(Inspect!(queue), Steps, !dryRun && Steps.Count > 0));
    }

    public ValueTask DisposeAsync() => default;

    private List<Message> Find(QueueName queue) => Queues.TryGetValue(queue.ToString(), out List<Message>? found)
        ? found
        : throw new FiqException(ErrorCode.QueueNotFound, $"no queue {queue}") { Queue = queue.ToString() };

    private sealed class Producer(MemoryEngine engine, QueueName queue, bool created) : IQueueProducer
    {
        private int _calls;

        public QueueName Queue => queue;

        public bool QueueCreated => created;

        public int MessageBytesMax => engine.MessageBytesMax;

        public async ValueTask<IReadOnlyList<Acknowledgement>> ProduceAsync(
            IReadOnlyList<Message> messages, CancellationToken cancellation)
        {
            int call = Interlocked.Increment(ref _calls);
            var acks = new List<Acknowledgement>();
            List<Message> log = engine.Queues[queue.ToString()];
            lock (log)
            {
                if (engine.FailProduce(call) is { } error) throw error;
                foreach (Message message in messages)
                {
                    acks.Add(new Acknowledgement(log.Count, Durability.Synced, false));
                    log.Add(message);
                }
            }

            await Task.Yield();
            return acks;
        }

        public ValueTask<ProducerPosition> FindPositionAsync(CancellationToken cancellation) => default;

        public ValueTask MoveToAsync(
            ulong sequence, ReadOnlyMemory<byte> note, CancellationToken cancellation) => default;

        public ValueTask DisposeAsync() => default;
    }
}
