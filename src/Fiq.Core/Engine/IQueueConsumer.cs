namespace Fiq.Engine;

/// <summary>
/// One process's membership in a group: it takes messages under a lease and settles them. While it lives its leases
/// are renewed for it; when it dies they go to others at once.
/// </summary>
public interface IQueueConsumer : IAsyncDisposable
{
    /// <summary>The queue.</summary>
    QueueName Queue { get; }

    /// <summary>The group.</summary>
    GroupName Group { get; }

    /// <summary>Whether opening it created the queue.</summary>
    bool QueueCreated { get; }

    /// <summary>The offset at which the group began, when opening created it; otherwise null.</summary>
    long? GroupStartedAt { get; }

    /// <summary>
    /// Takes up to <paramref name="countMax"/> messages, the oldest that are free. Waits up to
    /// <paramref name="wait"/> for the first one; returns an empty list when none came, or after
    /// <see cref="Interrupt"/>. One call at a time.
    /// </summary>
    ValueTask<IReadOnlyList<Delivery>> LeaseAsync(int countMax, TimeSpan wait, CancellationToken cancellation);

    /// <summary>Ends the waiting of a <see cref="LeaseAsync"/> under way, or of the next one.</summary>
    void Interrupt();

    /// <summary>Counts an attempt: a worker starts this message now. False when the lease was lost meanwhile.</summary>
    bool TryStart(Delivery delivery);

    /// <summary>
    /// The worker has done this message: should the process die before it is settled, it comes again and the attempt
    /// does not count. Not for work that failed, which counts whatever happens.
    /// </summary>
    void Finish(Delivery delivery);

    /// <summary>Whether the lease is still ours; asked right before a result is shown.</summary>
    bool Holds(Delivery delivery);

    /// <summary>
    /// Ends deliveries. Returns, for each in order, whether it was accepted; false means the lease was lost and
    /// another consumer has the message. When it returns, what was accepted survives the death of every process;
    /// it is on disk within <see cref="ConsumerOptions.FlushInterval"/> and when the consumer is disposed.
    /// </summary>
    ValueTask<IReadOnlyList<bool>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellation);

    /// <summary>The group as it stands.</summary>
    ValueTask<GroupDescription> DescribeAsync(CancellationToken cancellation);
}

/// <summary>How to open a queue for consuming.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The group to join.</summary>
    public GroupName Group { get; init; } = GroupName.Default;

    /// <summary>Where a new group begins; null: at the first kept message. Refused for a group with progress.</summary>
    public StartPosition? Start { get; init; }

    /// <summary>
    /// Messages with equal keys come one at a time, in the order of their offsets. All consumers of a group must agree.
    /// </summary>
    public bool Ordered { get; init; }

    /// <summary>Create the queue when there is none.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>The number of workers, told to whoever looks at the group.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>A settlement reaches the disk at most this much later; zero: before it returns.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Told, once and from a thread of its own, about damage in what is stored, found before anybody reads it; may be
    /// null. Consuming goes on.
    /// </summary>
    public Action<DamagedException>? DamageFound { get; init; }

    /// <summary>A process whose heartbeat is older than this is taken to hang; its messages go to others.</summary>
    public TimeSpan HeartbeatLimit { get; init; } = TimeSpan.FromSeconds(10);
}
