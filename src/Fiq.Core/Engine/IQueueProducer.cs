namespace Fiq.Engine;

/// <summary>One process's way into a queue. Calls may overlap: what waits together is committed together.</summary>
public interface IQueueProducer : IAsyncDisposable
{
    /// <summary>The queue.</summary>
    QueueName Queue { get; }

    /// <summary>Whether opening it created the queue.</summary>
    bool QueueCreated { get; }

    /// <summary>The largest body this queue accepts, in bytes.</summary>
    int MessageBytesMax { get; }

    /// <summary>
    /// Stores messages, all or none, and returns once they are as durable as the queue promises: one acknowledgement
    /// per message, in order. Calls that one caller makes one after the other are stored in that order.
    /// </summary>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.MessageTooLarge"/>, <see cref="ErrorCode.QueueFull"/>, <see cref="ErrorCode.DiskFull"/>,
    /// <see cref="ErrorCode.ReadOnly"/>, <see cref="ErrorCode.QueueNotFound"/> (deleted meanwhile): nothing was stored.
    /// <see cref="ErrorCode.Unknown"/>: it can't be known whether they were stored.
    /// </exception>
    ValueTask<IReadOnlyList<Acknowledgement>> ProduceAsync(
        IReadOnlyList<Message> messages, CancellationToken cancellation);
}

/// <summary>How to open a queue for producing.</summary>
public sealed record ProducerOptions
{
    /// <summary>Create the queue when there is none.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>
    /// Refuse everything behind the first request that fails, with its error: what is stored has no gap, although
    /// calls overlap.
    /// </summary>
    public bool StopAtFailure { get; init; }

    /// <summary>
    /// The messages of one call have nothing to do with each other: where there is no room for all of them, as many
    /// are stored as there is room for, in order, and <see cref="PartlyStoredException"/> says how many. With
    /// <see cref="StopAtFailure"/>.
    /// </summary>
    public bool StoreWhatFits { get; init; }
}
