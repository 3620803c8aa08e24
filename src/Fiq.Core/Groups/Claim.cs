namespace Fiq.Groups;

/// <summary>Takes messages for one slot: what was returned first, lowest first, then what lies at the cursor.</summary>
internal sealed class Claim(LeaseTable table, ulong random, EntryOwner owner)
{
    private readonly List<Lease> leases = [];
    private int wanted;

    /// <summary>Takes up to <paramref name="countMax"/> messages below <paramref name="readable"/>.</summary>
    public IReadOnlyList<Lease> Take(int countMax, long readable)
    {
        wanted = countMax;
        foreach (var entry in LowestReturned())
        {
            if (wanted == 0)
                break;
            TakeReturned(entry);
            table.CommitWhenFull();
        }

        while (wanted > 0 && table.Cursor < readable && table.CanGrow)
        {
            TakeAtCursor((int)Math.Min(Math.Min(64, wanted), readable - table.Cursor));
            table.CommitWhenFull();
        }

        table.Commit();
        return leases;
    }

    /// <summary>At most as many entries as messages are wanted, ascending by their lowest offset.</summary>
    private List<int> LowestReturned()
    {
        if (table[TableWord.Returned] == 0)
            return [];
        // The heap's top is the highest kept, which a lower one pushes out.
        var kept = new PriorityQueue<(int Entry, long Lowest), long>();
        for (var i = 0; i < table.HighWater; i++)
        {
            if (LeaseEntry.Peek(table.Transaction, i).Owner != EntryOwner.Returned)
                continue;
            var lowest = table.Entry(i).Lowest;
            if (kept.Count < wanted)
                kept.Enqueue((i, lowest), -lowest);
            else if (lowest < kept.Peek().Lowest)
                kept.EnqueueDequeue((i, lowest), -lowest);
        }

        var ascending = kept.UnorderedItems.OrderBy(item => item.Element.Lowest);
        return [.. ascending.Select(item => item.Element.Entry)];
    }

    private void TakeReturned(int index)
    {
        var entry = table.Entry(index);
        var mask = Bits.LowestOf(entry.Pending, wanted);
        if (mask == entry.Pending)
        {
            Grant(index, entry);
            table.Add(TableWord.Returned, -Bits.Count(mask));
            return;
        }

        if (!table.CanSplit)
            return;
        table.Put(index, entry with { Pending = entry.Pending & ~mask });
        table.Add(TableWord.Returned, -Bits.Count(mask));
        Grant(table.TakeEntry(), entry with { Pending = mask });
    }

    private void TakeAtCursor(int count)
    {
        var start = table.Cursor;
        table.Add(TableWord.Cursor, count);
        Grant(table.TakeEntry(), new LeaseEntry(start, Bits.Low(count), 0, owner, 0, 0));
    }

    private void Grant(int index, in LeaseEntry entry)
    {
        var serial = table.NextSerial(index);
        var count = Bits.Count(entry.Pending);
        table.Put(index, entry with { Serial = serial, Owner = owner, NextFree = 0 });
        table.Transaction.Store(TableLayout.StartedMaskAt(index), 0);
        table.AddLeased(owner, count);
        wanted -= count;
        leases.Add(new Lease(entry.Start, entry.Pending, (int)entry.Attempts, new LeaseToken(random, serial)));
    }
}
