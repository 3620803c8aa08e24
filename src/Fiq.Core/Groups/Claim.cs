namespace Fiq.Groups;

/// <summary>
/// Takes messages for one slot: what can be taken below the cursor, the highest priority first and of these the
/// lowest offset; then, unless order by key asks for a look at them first, what lies at the cursor.
/// </summary>
internal sealed class Claim(LeaseTable table, ulong random, EntryOwner owner)
{
    // Of so many claims one takes the oldest message first, so that urgent ones that keep coming starve nothing.
    private const ulong OldestFirstEvery = 16;

    // Offsets stay below: in a rank the priority stands above them.
    private const int OffsetBits = 56;

    private readonly List<Lease> _leases = [];
    private int _wanted;

    /// <summary>
    /// Takes up to <paramref name="countMax"/> messages below <paramref name="readable"/>; when the table is full, up
    /// to 63 more.
    /// </summary>
    public IReadOnlyList<Lease> Take(int countMax, long readable)
    {
        _wanted = Math.Max(0, countMax);
        foreach (var (entry, mask) in BestReturned())
        {
            if (_wanted <= 0)
                break;
            TakeReturned(entry, mask);
            table.CommitWhenFull();
        }

        while (_wanted > 0 && !table.IsOrdered && table.Cursor < readable && table.CanGrow)
        {
            TakeAtCursor((int)Math.Min(Math.Min(64, _wanted), readable - table.Cursor));
            table.CommitWhenFull();
        }

        if (_leases.Count > 0)
            table.Add(TableWord.Claims, 1);
        table.Commit();
        return _leases;
    }

    /// <summary>
    /// The best returned messages, as many as are wanted, the best of each entry first. Entries may interleave: their
    /// offsets are drawn one by one, as in a merge.
    /// </summary>
    private OrderedDictionary<int, ulong> BestReturned()
    {
        if (table[TableWord.Returned] == 0 || _wanted == 0)
            return [];
        var next = new PriorityQueue<(int Index, LeaseEntry Entry), long>();
        foreach (var index in BestEntries(out var oldest))
        {
            var entry = table.Entry(index);
            next.Enqueue((index, entry), index == oldest ? long.MinValue : Rank(entry));
        }

        var chosen = new OrderedDictionary<int, ulong>();
        for (var i = 0; i < _wanted && next.TryDequeue(out var best, out _); i++)
        {
            var bit = 1UL << (int)(best.Entry.Lowest - best.Entry.Start);
            chosen[best.Index] = chosen.GetValueOrDefault(best.Index) | bit;
            var rest = best.Entry with { Pending = best.Entry.Pending & ~bit };
            if (rest.Pending != 0)
                next.Enqueue((best.Index, rest), Rank(rest));
        }

        return chosen;
    }

    /// <summary>
    /// The best returned entries, at most as many as messages are wanted: the wanted messages are all among them.
    /// <paramref name="oldest"/> is the one with the oldest message, when it is its turn; otherwise -1.
    /// </summary>
    private List<int> BestEntries(out int oldest)
    {
        // The heap's top is the worst kept, which a better one pushes out.
        var kept = new PriorityQueue<int, long>();
        var (lowest, lowestAt) = (long.MaxValue, -1);
        foreach (var (index, entry) in EntryScan.Ready(table))
        {
            if (entry.Lowest < lowest)
                (lowest, lowestAt) = (entry.Lowest, index);
            if (kept.Count < _wanted)
                kept.Enqueue(index, -Rank(entry));
            else if (kept.TryPeek(out _, out var worst) && -Rank(entry) > worst)
                kept.EnqueueDequeue(index, -Rank(entry));
        }

        oldest = table[TableWord.Claims] % OldestFirstEvery == OldestFirstEvery - 1 ? lowestAt : -1;
        var best = kept.UnorderedItems.Select(item => item.Element).ToList();
        if (oldest >= 0 && !best.Contains(oldest))
            best.Add(oldest);
        return best;
    }

    /// <summary>Less is better.</summary>
    private static long Rank(in LeaseEntry entry) =>
        ((long)(Message.PriorityMax - entry.Priority) << OffsetBits) | entry.Lowest;

    private void TakeReturned(int index, ulong mask)
    {
        var entry = table.Entry(index);
        // Without an entry to split into, all of it: what is not wanted is given back.
        if (mask == entry.Pending || !table.CanSplit)
        {
            Grant(index, entry);
            return;
        }

        table.Put(index, entry with { Pending = entry.Pending & ~mask });
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
        table.Put(index, entry with { Serial = serial, Owner = owner, Due = 0, IsDelayed = false });
        table.Transaction.Store(TableLayout.StartedMaskAt(index), 0);
        _wanted -= entry.Count;
        _leases.Add(new Lease(entry.Start, entry.Pending, (int)entry.Attempts, new LeaseToken(random, serial))
        {
            WasInterrupted = entry.WasInterrupted,
        });
    }
}
