using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>The default work: it takes the message's declared processing time, never less.</summary>
public sealed class SleepHandler : IMessageHandler, IDisposable
{
    private readonly SleepQueue _sleeps = new(TimeProvider.System);

    /// <inheritdoc />
    public ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation)
    {
        long microseconds = delivery.Message.ProcessingMicroseconds;
        return microseconds == 0
            ? ValueTask.CompletedTask
            : new ValueTask(_sleeps.SleepAsync(TimeSpan.FromMicroseconds(microseconds), cancellation));
    }

    /// <summary>Ends the timing thread. No work may be under way.</summary>
    public void Dispose() => _sleeps.Dispose();
}
