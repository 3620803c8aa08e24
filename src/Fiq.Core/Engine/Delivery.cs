namespace Fiq.Engine;

/// <summary>One attempt to hand a message to a worker.</summary>
/// <param name="Offset">The message's number in its queue.</param>
/// <param name="Message">The message.</param>
/// <param name="Attempt">1 for the first attempt; attempts that ended in a killed process count.</param>
/// <param name="Token">Proof of the lease; a later lease has another token.</param>
public sealed record Delivery(long Offset, Message Message, int Attempt, LeaseToken Token);

/// <summary>How a delivery ends.</summary>
public enum SettleOutcome
{
    /// <summary>The work is done; the message is finished for this group.</summary>
    Done,

    /// <summary>Handed back: others may take it at once.</summary>
    Release,
}

/// <summary>The end of one delivery.</summary>
/// <param name="Delivery">Which.</param>
/// <param name="Outcome">How.</param>
public readonly record struct Settlement(Delivery Delivery, SettleOutcome Outcome);
