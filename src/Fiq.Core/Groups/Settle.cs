namespace Fiq.Groups;

/// <summary>Ends deliveries, if their tokens still count: settled, handed back, or to come again later.</summary>
internal sealed class Settle(LeaseTable table, ulong random, GroupClock clock)
{
    private readonly SettlementJournal _journal = new(table);
    private readonly KeyOrder _keys = new(table);

    /// <summary>Accepted, but for want of room still leased: to be told again.</summary>
    public List<SettledOffset> Postponed { get; } = [];

    /// <summary>Tells for each item, in order, whether it was accepted. Returns how many were not.</summary>
    public long Run(ReadOnlySpan<SettledOffset> items, Span<bool> accepted)
    {
        accepted.Clear();
        var refused = 0L;
        for (var from = 0; from < items.Length;)
        {
            var to = from + 1;
            while (to < items.Length && items[to].Token == items[from].Token)
                to++;
            refused += RunLease(items[from..to], accepted[from..to]);
            table.CommitWhenFull();
            from = to;
        }

        table.Commit();
        return refused;
    }

    /// <summary>All items have one token.</summary>
    private long RunLease(ReadOnlySpan<SettledOffset> items, Span<bool> accepted)
    {
        if (Find(items[0].Token) is not { } index)
            return items.Length;
        var entry = table.Entry(index);
        var parts = new SettledParts(entry, table.EntriesLeft, clock);
        var refused = 0L;
        for (var i = 0; i < items.Length; i++)
        {
            accepted[i] = parts.TryAdd(items[i]);
            if (!accepted[i])
                refused++;
        }

        parts.Fit();
        for (var i = 0; i < items.Length; i++)
        {
            if (accepted[i] && parts.IsPostponed(items[i].Offset))
                Postponed.Add(items[i]);
        }

        if (parts.Done != 0)
            entry = Finish(index, entry, parts);
        foreach (var part in parts.Back)
            entry = GiveBack(index, entry, part);
        return refused;
    }

    private int? Find(LeaseToken token)
    {
        var index = (int)(token.Serial & 0xFFFF);
        if (token.Table != random || token.Serial == 0 || index >= table.HighWater)
            return null;
        return table.Entry(index).Serial == token.Serial ? index : null;
    }

    /// <summary>One step, after which the table is whole. Returns what is left of the lease.</summary>
    private LeaseEntry GiveBack(int index, in LeaseEntry entry, in LeaseEntry part)
    {
        if (part.IsDelayed)
            NoteWall();
        var rest = entry with { Pending = entry.Pending & ~part.Pending };
        if (rest.Pending == 0)
        {
            table.Put(index, part);
        }
        else
        {
            table.Put(index, rest);
            table.Put(table.TakeEntry(), part);
        }

        table.CommitWhenFull();
        return rest;
    }

    /// <summary>Returns what is left of the lease.</summary>
    private LeaseEntry Finish(int index, in LeaseEntry entry, SettledParts parts)
    {
        _journal.Add(entry.Start, parts.Done);
        table.Add(TableWord.SettledMessages, Bits.Count(parts.Done));
        table.Add(TableWord.SettledMicroseconds, parts.DeclaredMicroseconds);
        table.Add(TableWord.ObservedMicroseconds, parts.ObservedMicroseconds);
        table.Add(TableWord.ObservedDeclared, parts.ObservedDeclared);
        var rest = entry with { Pending = entry.Pending & ~parts.Done };
        if (rest.Pending != 0)
            table.Put(index, rest);
        else if (entry.KeyHash != 0)
            _keys.Release(index, entry);
        else
            table.FreeEntry(index);
        table.CommitWhenFull();
        return rest;
    }

    private void NoteWall()
    {
        if (table[TableWord.Delayed] == 0)
            table[TableWord.WallOffset] = (ulong)clock.WallOffset;
    }
}
