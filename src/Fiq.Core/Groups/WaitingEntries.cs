namespace Fiq.Groups;

/// <summary>
/// What may not be taken before its time. Its entries stand among all others; one word says when the first is due, so
/// that nobody looks before, and whoever looks then passes over all once.
/// </summary>
internal sealed class WaitingEntries(LeaseTable table, GroupClock clock)
{
    /// <summary>Lets go what is due. Commits.</summary>
    public void LetGo()
    {
        if (table[TableWord.NextDue] == 0)
            return;
        var jumped = table[TableWord.Delayed] != 0 && HasJumped();
        var now = clock.Now;
        if (!jumped && (long)table[TableWord.NextDue] > now)
            return;
        var next = 0L;
        foreach (var (index, glimpse) in EntryScan.Used(table))
        {
            if (glimpse.Owner != EntryOwner.Waiting)
                continue;
            if (glimpse.Due <= now || (jumped && glimpse.IsDelayed))
                Return(index);
            else if (next == 0 || glimpse.Due < next)
                next = glimpse.Due;
        }

        table[TableWord.NextDue] = (ulong)next;
        if (jumped)
            table[TableWord.WallOffset] = (ulong)clock.WallOffset;
        table.Commit();
    }

    private void Return(int index)
    {
        table.Put(index, table.Entry(index) with { Owner = EntryOwner.Returned, Due = 0, IsDelayed = false });
        table.CommitWhenFull();
    }

    /// <summary>
    /// Whether the clock on the wall was set since a message was told how long to wait. Then all that wait for a time
    /// on the wall are let go, read once more, and told anew.
    /// </summary>
    private bool HasJumped()
    {
        var moved = clock.WallOffset - (long)table[TableWord.WallOffset];
        return Math.Abs(moved) > (long)GroupClock.JumpMin.TotalMicroseconds;
    }
}
