using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>The work on one message. One handler serves all workers of a run, many calls at a time.</summary>
public interface IMessageHandler
{
    /// <summary>
    /// Does the work and returns when it is done. <paramref name="worker"/> counts from 1. When
    /// <paramref name="cancellation"/> fires the handler stops soon and throws
    /// <see cref="OperationCanceledException"/>: the message is handed back. Any other exception ends the run.
    /// </summary>
    ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation);
}
