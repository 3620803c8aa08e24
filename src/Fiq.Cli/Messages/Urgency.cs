namespace Fiq.Cli.Messages;

/// <summary>What options say of all messages about when their turn comes.</summary>
/// <param name="Priority">0 to 9.</param>
/// <param name="Delay">Each message is not handed out before so long after it was read; zero: at once.</param>
internal sealed record Urgency(int Priority, TimeSpan Delay)
{
    /// <summary>No hurry and no delay.</summary>
    public static readonly Urgency None = new(0, TimeSpan.Zero);

    /// <summary>Microseconds since 1970 UTC before which a message that is read now waits; 0: at once.</summary>
    public long NotBefore() => Delay == TimeSpan.Zero
        ? 0
        : (TimeProvider.System.GetUtcNow() + Delay - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
