namespace Fiq.Groups;

/// <summary>
/// How this member's deliveries end: tells the table, and writes failures down for the offset file. Under the group's
/// lock, but for the count.
/// </summary>
internal sealed class Settlements(GroupClock clock, RetryNotes notes)
{
    private readonly List<SettledOffset> _postponed = [];
    private long _lost;

    /// <summary>How many were refused because the lease was lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Ends them, and tells for each whether that was accepted.</summary>
    /// <param name="table">The table.</param>
    /// <param name="random">Of the table.</param>
    /// <param name="settled">Those of one token together.</param>
    /// <param name="accepted">As long as <paramref name="settled"/>.</param>
    public void Run(LeaseTable table, ulong random, ReadOnlySpan<SettledOffset> settled, Span<bool> accepted)
    {
        RunPostponed(table, random);
        Interlocked.Add(ref _lost, Settle(table, random, settled, accepted));
        for (var i = 0; i < settled.Length; i++)
        {
            if (accepted[i] && settled[i].Failed)
                notes.Add(settled[i], clock);
        }
    }

    /// <summary>What was to come back when the table was full stays ours until there is room.</summary>
    public void RunPostponed(LeaseTable table, ulong random)
    {
        if (_postponed.Count == 0)
            return;
        // Together again, whoever told of them when: a lease that ends as a whole needs no room.
        SettledOffset[] again = [.. _postponed.GroupBy(item => item.Token).SelectMany(items => items)];
        _postponed.Clear();
        Settle(table, random, again, new bool[again.Length]);
    }

    private long Settle(LeaseTable table, ulong random, ReadOnlySpan<SettledOffset> settled, Span<bool> accepted)
    {
        var settle = new Settle(table, random, clock);
        var refused = settle.Run(settled, accepted);
        _postponed.AddRange(settle.Postponed);
        return refused;
    }
}
