namespace Fiq.Groups;

/// <summary>Ends deliveries: settles them or hands them back, if their tokens still count.</summary>
internal sealed class Settle(LeaseTable table, ulong random)
{
    private readonly SettlementJournal journal = new(table);

    /// <summary>Tells for each item, in order, whether it was accepted. Returns how many were not.</summary>
    public long Run(ReadOnlySpan<SettledOffset> items, Span<bool> accepted)
    {
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
        accepted.Clear();
        if (Find(items[0].Token) is not { } index)
            return items.Length;
        var entry = table.Entry(index);
        var (done, back, micros) = (0UL, 0UL, 0L);
        for (var i = 0; i < items.Length; i++)
        {
            var bit = BitOf(entry, items[i].Offset) & ~(done | back);
            if (bit == 0 || (!items[i].Done && !table.CanSplit))
                continue;
            accepted[i] = true;
            done |= items[i].Done ? bit : 0;
            back |= items[i].Done ? 0 : bit;
            micros += items[i].Done ? items[i].DeclaredMicroseconds : 0;
        }

        if ((done | back) != 0)
            Apply(index, entry, done, back);
        table.Add(TableWord.SettledMicroseconds, micros);
        return items.Length - Bits.Count(done | back);
    }

    private int? Find(LeaseToken token)
    {
        var index = (int)(token.Serial & 0xFFFF);
        if (token.Table != random || token.Serial == 0 || index >= table.HighWater)
            return null;
        return table.Entry(index).Serial == token.Serial ? index : null;
    }

    private void Apply(int index, in LeaseEntry entry, ulong done, ulong back)
    {
        var rest = entry.Pending & ~(done | back);
        table.AddLeased(entry.Owner, -Bits.Count(done | back));
        if (done != 0)
        {
            table.Add(TableWord.SettledMessages, Bits.Count(done));
            journal.Add(entry.Start, done);
        }

        table.Add(TableWord.Returned, Bits.Count(back));
        var returned = entry with { Pending = back, Serial = 0, Owner = EntryOwner.Returned };
        if (rest != 0)
        {
            table.Put(index, entry with { Pending = rest });
            if (back != 0)
                table.Put(table.TakeEntry(), returned);
        }
        else if (back != 0)
        {
            table.Put(index, returned);
        }
        else
        {
            table.FreeEntry(index);
        }
    }

    private static ulong BitOf(in LeaseEntry entry, long offset)
    {
        var distance = offset - entry.Start;
        return distance is >= 0 and < 64 ? entry.Pending & (1UL << (int)distance) : 0;
    }
}
