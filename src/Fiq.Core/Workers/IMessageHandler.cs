using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>The work on one message. One handler serves all workers of a run, many calls at a time.</summary>
public interface IMessageHandler
{
    /// <summary>
    /// Does the work and returns when it is done. <paramref name="worker"/> counts from 1. When
    /// <paramref name="cancellation"/> fires the handler stops soon and throws
    /// <see cref="OperationCanceledException"/>: the message is handed back if the run ends, and has failed if its time
    /// is over. <see cref="PoisonException"/>: it is dead. <see cref="StopConsumingException"/>: it is handed back and
    /// the run ends gently. Any other exception: the attempt failed, and another follows if one is left.
    /// </summary>
    ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation);
}
