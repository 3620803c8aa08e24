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
}
