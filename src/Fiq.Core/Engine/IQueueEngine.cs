namespace Fiq.Engine;

/// <summary>
/// Where queues live: a folder, later an HTTP service or RabbitMQ. Speaks of queues, messages, leases and
/// settlements only; nothing here knows of folders, segments or channels.
/// All members throw <see cref="FiqException"/>; members are safe to call from several threads.
/// </summary>
public interface IQueueEngine : IDeadLetters, IAsyncDisposable
{
    /// <summary>Where this is, as a person would write it.</summary>
    string Location { get; }

    /// <summary>The queues, in order of their names; queues of dead letters are not listed by themselves.</summary>
    ValueTask<IReadOnlyList<QueueName>> ListAsync(CancellationToken cancellation);

    /// <summary>What is in a queue, without changing or waking anything.</summary>
    ValueTask<QueueDescription> DescribeAsync(QueueName queue, CancellationToken cancellation);

    /// <summary>Creates a queue; true when it is new, false when it exists with the same settings.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.QueueExistsDifferent"/>.</exception>
    ValueTask<bool> CreateAsync(QueueName queue, QueueSettings settings, CancellationToken cancellation);

    /// <summary>Deletes a queue with all its messages and dead letters, also under attached processes.</summary>
    ValueTask DeleteAsync(QueueName queue, CancellationToken cancellation);

    /// <summary>Creates a group; true when it is new, false when it exists.</summary>
    ValueTask<bool> CreateGroupAsync(
        QueueName queue, GroupName group, StartPosition start, CancellationToken cancellation);

    /// <summary>
    /// Changes limits of a queue; those that are null in <paramref name="change"/> stay, or with
    /// <paramref name="reset"/> are forgotten. Durable when it returns; whoever works with the queue notices within a
    /// second.
    /// </summary>
    ValueTask SetAsync(QueueName queue, QueueLimits change, bool reset, CancellationToken cancellation);

    /// <summary>
    /// Pauses a queue, or one of its groups: nothing more is taken until it is resumed, what runs goes on. Durable
    /// when it returns, and noticed within a second. False when it was so already.
    /// </summary>
    ValueTask<bool> PauseAsync(QueueName queue, GroupName? group, bool paused, CancellationToken cancellation);

    /// <summary>
    /// Lets a group without live consumers go on elsewhere; with <paramref name="dryRun"/> only says what that would
    /// do. Durable when it returns.
    /// </summary>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.GroupActive"/>, <see cref="ErrorCode.GroupNotFound"/>.
    /// </exception>
    ValueTask<GroupMove> SeekGroupAsync(
        QueueName queue, GroupName group, StartPosition to, bool dryRun, CancellationToken cancellation);

    /// <summary>
    /// Deletes a group without live consumers, with its progress; with <paramref name="dryRun"/> only says whether it
    /// could.
    /// </summary>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.GroupActive"/>, <see cref="ErrorCode.GroupNotFound"/>.
    /// </exception>
    ValueTask DeleteGroupAsync(QueueName queue, GroupName group, bool dryRun, CancellationToken cancellation);

    /// <summary>Opens a queue for producing.</summary>
    ValueTask<IQueueProducer> OpenProducerAsync(
        QueueName queue, ProducerOptions options, CancellationToken cancellation);

    /// <summary>Opens a queue for consuming as one member of a group.</summary>
    ValueTask<IQueueConsumer> OpenConsumerAsync(
        QueueName queue, ConsumerOptions options, CancellationToken cancellation);
}
