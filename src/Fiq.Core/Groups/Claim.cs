namespace Fiq.Groups;

/// <summary>Takes messages for one slot: what was returned first, lowest first, then what lies at the cursor.</summary>
internal sealed class Claim(LeaseTable table, ulong random, EntryOwner owner)
{
    private readonly List<Lease> leases = [];
    private int wanted;

    /// <summary>Takes up to <paramref name="countMax"/> messages below <paramref name="readable"/>.</summary>
    public IReadOnlyList<Lease> Take(int countMax, long readable)
    {
        wanted = Math.Max(0, countMax);
        foreach (var (entry, mask) in LowestReturned())
        {
            TakeReturned(entry, mask);
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

    /// <summary>
    /// The lowest returned messages, as many as are wanted, ascending by the lowest of each entry. Entries may
    /// interleave: their offsets are drawn one by one, as in a merge.
    /// </summary>
    private OrderedDictionary<int, ulong> LowestReturned()
    {
        if (table[TableWord.Returned] == 0 || wanted == 0)
            return [];
        var next = new PriorityQueue<(int Index, LeaseEntry Entry), long>();
        foreach (var index in LowestEntries())
        {
            var entry = table.Entry(index);
            next.Enqueue((index, entry), entry.Lowest);
        }

        var chosen = new OrderedDictionary<int, ulong>();
        for (var i = 0; i < wanted && next.TryDequeue(out var lowest, out var offset); i++)
        {
            var bit = 1UL << (int)(offset - lowest.Entry.Start);
            chosen[lowest.Index] = chosen.GetValueOrDefault(lowest.Index) | bit;
            var rest = lowest.Entry with { Pending = lowest.Entry.Pending & ~bit };
            if (rest.Pending != 0)
                next.Enqueue((lowest.Index, rest), rest.Lowest);
        }

        return chosen;
    }

    /// <summary>
    /// The returned entries that begin lowest, at most as many as messages are wanted: the wanted messages are all
    /// among them.
    /// </summary>
    private IEnumerable<int> LowestEntries()
    {
        // The heap's top is the highest kept, which a lower one pushes out.
        var kept = new PriorityQueue<int, long>();
        foreach (var (i, owned, lowest) in EntryScan.Used(table))
        {
            if (owned != EntryOwner.Returned)
                continue;
            if (kept.Count < wanted)
                kept.Enqueue(i, -lowest);
            else if (kept.TryPeek(out _, out var highest) && -lowest > highest)
                kept.EnqueueDequeue(i, -lowest);
        }

        return kept.UnorderedItems.Select(item => item.Element);
    }

    private void TakeReturned(int index, ulong mask)
    {
        var entry = table.Entry(index);
        if (mask == entry.Pending)
        {
            table.Add(TableWord.Returned, -Bits.Count(mask));
            Grant(index, entry);
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
