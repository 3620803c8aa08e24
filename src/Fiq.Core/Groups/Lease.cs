namespace Fiq.Groups;

/// <summary>A right to some offsets: <paramref name="Start"/> + i for each bit i of <paramref name="Mask"/>.</summary>
/// <param name="Start">The offset of bit 0.</param>
/// <param name="Mask">Which of the 64 offsets from there.</param>
/// <param name="AttemptsBefore">Attempts already counted for each of them.</param>
/// <param name="Token">Proves the lease.</param>
internal readonly record struct Lease(long Start, ulong Mask, int AttemptsBefore, LeaseToken Token)
{
    /// <summary>Whether the last attempt ended because its owner died or hung.</summary>
    public bool WasInterrupted { get; init; }
}

/// <summary>The end of one delivery.</summary>
/// <param name="Token">The lease it belongs to.</param>
/// <param name="Offset">The message.</param>
/// <param name="DeclaredMicroseconds">The work it declared.</param>
/// <param name="Done">True: settled; false: it comes again, see the rest.</param>
internal readonly record struct SettledOffset(LeaseToken Token, long Offset, long DeclaredMicroseconds, bool Done)
{
    /// <summary>Not done: it failed, so the attempt counts. Otherwise it is handed back as if never taken.</summary>
    public bool Failed { get; init; }

    /// <summary>Failed: which attempt it was, counted from 1, for the record.</summary>
    public int Attempt { get; init; }

    /// <summary>Failed: how long until its next attempt.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Failed: why, for the record.</summary>
    public string? Error { get; init; }

    /// <summary>Handed back: not before this time, in microseconds since 1970 UTC; 0 at once.</summary>
    public long NotBefore { get; init; }

    /// <summary>Not done: its priority, which is known once it was read; null as it was.</summary>
    public int? Priority { get; init; }

    /// <summary>Done: measured work.</summary>
    public long ObservedMicroseconds { get; init; }
}
