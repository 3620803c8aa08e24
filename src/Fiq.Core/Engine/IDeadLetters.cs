namespace Fiq.Engine;

/// <summary>
/// The dead letters of a queue: what its groups have given up. Each letter is told once, also where a crash has left
/// it twice.
/// </summary>
public interface IDeadLetters
{
    /// <summary>The letters of a queue, oldest first; read as they are asked for.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.QueueNotFound"/>.</exception>
    IAsyncEnumerable<DeadLetter> ReadDeadLettersAsync(QueueName queue, CancellationToken cancellation);

    /// <summary>
    /// Sends letters back to their queue, each for its group alone and with all its attempts before it, and takes them
    /// away; returns how many. A crash in between leaves the letter, too: then it can be sent once more. When some are
    /// refused, those before them are back and are letters no more. Letters as <see cref="ReadDeadLettersAsync"/> told
    /// them cost no search.
    /// </summary>
    /// <exception cref="FiqException">As of <see cref="IQueueProducer.ProduceAsync"/>: some were refused.</exception>
    ValueTask<int> RetryDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation);

    /// <summary>Takes letters away for good; returns how many. What a consumer of them holds stays.</summary>
    ValueTask<int> PurgeDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation);

    /// <summary>
    /// Settles, for each group, everything that waits in a queue and that nobody is working on; returns how many
    /// messages that were for the group where they were most.
    /// </summary>
    ValueTask<long> PurgeAsync(QueueName queue, CancellationToken cancellation);
}
