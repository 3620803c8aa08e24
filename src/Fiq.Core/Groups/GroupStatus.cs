namespace Fiq.Groups;

/// <summary>Offsets from <paramref name="From"/> up to, not including, <paramref name="To"/>.</summary>
internal readonly record struct OffsetRun(long From, long To);

/// <summary>A live member of a group.</summary>
/// <param name="Pid">Its process id, as it sees itself.</param>
/// <param name="Workers">How many workers it runs.</param>
/// <param name="Leased">Messages it has taken and not settled.</param>
/// <param name="SinceMicroseconds">When it joined: microseconds since 1970 UTC.</param>
internal sealed record SlotStatus(int Pid, int Workers, long Leased, long SinceMicroseconds);

/// <summary>A group as it stands.</summary>
/// <param name="Floor">Everything below is settled.</param>
/// <param name="Cursor">Nothing at or above has been taken.</param>
/// <param name="Ready">
/// Messages that can be taken now, or, in an ordered group, as soon as an earlier one of their key is settled.
/// </param>
/// <param name="Leased">Messages that a member has taken and not settled.</param>
/// <param name="SettledMessages">How many offsets are settled, counted from 0.</param>
/// <param name="SettledMicroseconds">Declared work of all settled offsets, counted from 0.</param>
/// <param name="StopReason">Why nothing is taken although there may be something; null when it is.</param>
/// <param name="Slots">The live members.</param>
/// <param name="Unsettled">Offsets below the cursor that are not settled, ascending.</param>
internal sealed record GroupStatus(
    long Floor,
    long Cursor,
    long Ready,
    long Leased,
    long SettledMessages,
    long SettledMicroseconds,
    string? StopReason,
    IReadOnlyList<SlotStatus> Slots,
    IReadOnlyList<OffsetRun> Unsettled)
{
    /// <summary>Messages whose time has not come, as far as anybody has looked at them.</summary>
    public long Delayed { get; init; }

    /// <summary>Messages that failed and wait for another attempt.</summary>
    public long Retrying { get; init; }

    /// <summary>Measured work over declared work of what was settled since the first member came; null if unknown.
    /// </summary>
    public double? ObservedRatio { get; init; }
}
