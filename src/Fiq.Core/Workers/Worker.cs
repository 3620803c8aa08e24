using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>One slot of a pool: at most one message at a time. Its fields are under the pool's lock.</summary>
internal sealed class Worker(int number)
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Counted from 1.</summary>
    public int Number { get; } = number;

    /// <summary>What it works on, or null.</summary>
    public Delivery? Current { get; set; }

    /// <summary>When it took that: the clock's timestamp.</summary>
    public long TakenAt { get; set; }

    /// <summary>Cancelled once, when the pool is being stopped.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    public void Cancel() => _cancellation.Cancel();
}
