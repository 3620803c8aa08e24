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

    /// <summary>
    /// How far this producer has come, by its name: all up to that sequence is durable, whichever process sent it. All
    /// zero when the queue has nothing of it, or when it has no name.
    /// </summary>
    ValueTask<ProducerPosition> FindPositionAsync(CancellationToken cancellation);

    /// <summary>
    /// Stores that this producer has come to a sequence, with a note, although no message says so: what was there was
    /// refused, or not stored because its key was there already. Costs as much as a new segment: for the end of an
    /// input, not for each line. A smaller sequence than that of the last message changes nothing.
    /// </summary>
    /// <exception cref="FiqException">
    /// It is not stored, or it can't be known. <see cref="ErrorCode.BadRequest"/>: the producer has no name, or no
    /// message in the queue.
    /// </exception>
    ValueTask MoveToAsync(ulong sequence, ReadOnlyMemory<byte> note, CancellationToken cancellation);
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
    /// Asked when the queue or the disk is full, after a pause of its own: true to try again, false to refuse the
    /// messages. Called while no other call of this producer goes on, so their order stays. Not asked about what would
    /// not fit into the empty queue: that is too large, and refused at once. Null: refuse at once.
    /// </summary>
    public Func<FiqException, bool>? WhenFull { get; init; }

    /// <summary>
    /// The name under which messages are numbered by <see cref="Message.Sequence"/>: what the queue has already is
    /// acknowledged as a duplicate and not stored again. One process at a time; null when messages have no numbers.
    /// </summary>
    public ProducerName? Name { get; init; }

    /// <summary>
    /// The messages of one call have nothing to do with each other: where there is no room for all of them, as many
    /// are stored as there is room for, in order, and <see cref="PartlyStoredException"/> says how many. With
    /// <see cref="StopAtFailure"/>.
    /// </summary>
    public bool StoreWhatFits { get; init; }
}
