namespace Fiq.Groups;

/// <summary>Makes a status from a lease table, or from what an unattached group would come back as.</summary>
internal static class GroupView
{
    /// <summary>The status of a table, which may be a copy.</summary>
    public static GroupStatus Of(LeaseTable table, long readable, GroupClock clock, Func<int, bool> isDead)
    {
        var slots = LiveSlots(table, isDead);
        // What dead members hold is as good as returned: whoever claims next gets it.
        var leased = slots.Sum(slot => slot.Leased);
        var now = clock.Now;
        var waiting = table[TableWord.NextDue] == 0
            ? []
            : EntryScan.Used(table)
                .Select(item => item.Entry)
                .Where(entry => entry.Owner == EntryOwner.Waiting && entry.Due > now)
                .ToArray();
        var delayed = waiting.Where(entry => entry.IsDelayed).Sum(entry => (long)entry.Count);
        var retrying = waiting.Where(entry => !entry.IsDelayed).Sum(entry => (long)entry.Count);
        return new GroupStatus(
            table.Floor(),
            table.Cursor,
            table.Pending - leased - delayed - retrying + Math.Max(0, readable - table.Cursor),
            leased,
            (long)table[TableWord.SettledMessages],
            (long)table[TableWord.SettledMicroseconds],
            StopReason(table),
            slots,
            [.. table.Unsettled().Runs()])
        {
            Delayed = delayed,
            Retrying = retrying,
            ObservedRatio = table[TableWord.ObservedDeclared] == 0
                ? null
                : (double)table[TableWord.ObservedMicroseconds] / table[TableWord.ObservedDeclared],
        };
    }

    /// <summary>The status of a group to which nobody is attached.</summary>
    public static GroupStatus Of(RecoveredGroup group, long readable, GroupClock clock)
    {
        var unsettled = new OffsetSet();
        foreach (var entry in group.Entries)
            unsettled.AddMask(entry.Start, entry.Pending);
        var sums = group.Sums;
        var now = clock.Now;
        var waiting = group.Entries.Where(entry => entry.Due > now).ToArray();
        var delayed = waiting.Where(entry => entry.IsDelayed).Sum(entry => (long)entry.Count);
        var retrying = waiting.Where(entry => !entry.IsDelayed).Sum(entry => (long)entry.Count);
        var ready = group.Cursor - sums.SettledMessages - delayed - retrying + Math.Max(0, readable - group.Cursor);
        return new GroupStatus(
            sums.Floor,
            group.Cursor,
            ready,
            Leased: 0,
            sums.SettledMessages,
            sums.SettledMicroseconds,
            StopReason: null,
            Slots: [],
            [.. unsettled.Runs()])
        {
            Delayed = delayed,
            Retrying = retrying,
        };
    }

    private static string? StopReason(LeaseTable table)
    {
        if (table[TableWord.Stopped] != 0)
            return "the offset file can't be written";
        return table.CanGrow || table[TableWord.Returned] != 0
            ? null
            : "too many messages are out, delayed, blocked or failing, and not settled";
    }

    private static List<SlotStatus> LiveSlots(LeaseTable table, Func<int, bool> isDead)
    {
        var live = new List<SlotStatus>();
        for (var i = 0; i < TableLayout.SlotCount; i++)
        {
            if (!Members.IsTaken(table.Transaction.Memory, i) || isDead(i))
                continue;
            var slot = table.Slot(i);
            live.Add(new SlotStatus(slot.Pid, slot.Workers, slot.Leased, slot.JoinedMicroseconds));
        }

        return live;
    }
}
