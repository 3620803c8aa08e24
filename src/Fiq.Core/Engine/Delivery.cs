namespace Fiq.Engine;

/// <summary>One attempt to hand a message to a worker.</summary>
/// <param name="Offset">The message's number in its queue.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first attempt; attempts that ended in a killed process count.</param>
/// <param name="Token">Proof of the lease; a later lease has another token.</param>
public sealed record Delivery(long Offset, Message Message, int Attempt, LeaseToken Token)
{
    /// <summary>Whether the attempt before ended because its consumer died or hung, and not by a settlement.</summary>
    public bool WasInterrupted { get; init; }
}

/// <summary>How a delivery ends.</summary>
public enum SettleOutcome
{
    /// <summary>The work is done; the message is finished for this group.</summary>
    Done,

    /// <summary>Handed back: others may take it at once, and the attempt does not count.</summary>
    Release,

    /// <summary>It failed: the attempt counts, and it comes again after <see cref="Settlement.Delay"/>.</summary>
    Retry,

    /// <summary>It failed for good: it is put among the dead letters, and then finished for this group.</summary>
    Dead,
}

/// <summary>The end of one delivery.</summary>
/// <param name="Delivery">Which.</param>
/// <param name="Outcome">How.</param>
public readonly record struct Settlement(Delivery Delivery, SettleOutcome Outcome)
{
    /// <summary>With <see cref="SettleOutcome.Retry"/>: how long it waits for its next attempt.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>With retry and dead: why; null when nothing is known. The first 1,000 characters are kept.</summary>
    public string? Error { get; init; }

    /// <summary>With dead: the worker it failed in, counted from 1; 0 when it was never handed to one.</summary>
    public int Worker { get; init; }

    /// <summary>With done: how long the work took.</summary>
    public TimeSpan Elapsed { get; init; }
}
