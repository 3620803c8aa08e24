namespace Fiq.Engine.Inspection;

/// <summary>
/// Verifying and repairing queues: what an engine offers whose queues are files of this machine. All members throw
/// <see cref="FiqException"/>.
/// </summary>
public interface IQueueInspection
{
    /// <summary>
    /// Reads a queue wholly and says what is wrong with it. Changes nothing; works while the queue is in use, and when
    /// it is so damaged that nobody can use it. Null when there is none of that name.
    /// </summary>
    ValueTask<QueueInspection?> VerifyAsync(QueueName queue, CancellationToken cancellation);

    /// <summary>
    /// Mends a damaged queue, keeping every damaged file aside; a dry run only says what would be done. Nobody may be
    /// using the queue. Null when there is none of that name.
    /// </summary>
    /// <exception cref="BusyException">Somebody is.</exception>
    ValueTask<RepairReport?> RepairAsync(QueueName queue, bool dryRun, CancellationToken cancellation);
}
