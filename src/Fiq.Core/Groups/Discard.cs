using System.Numerics;

namespace Fiq.Groups;

/// <summary>
/// Settles messages without a delivery: those that nobody holds. What somebody is working on stays his.
/// </summary>
internal sealed class Discard(LeaseTable table)
{
    private readonly SettlementJournal _journal = new(table);
    private readonly KeyOrder _keys = new(table);

    /// <summary>The oldest message that somebody holds; past all offsets when nobody does.</summary>
    public long LowestHeld() => EntryScan.Used(table)
        .Where(item => item.Entry.Owner.Slot is not null || item.Entry.Owner == EntryOwner.Revoked)
        .Select(item => item.Entry.Lowest)
        .DefaultIfEmpty(long.MaxValue)
        .Min();

    /// <summary>What is not settled below an offset, ascending.</summary>
    /// <param name="offset">One past the last.</param>
    /// <param name="withUntaken">Also what nobody has taken yet.</param>
    public IReadOnlyList<OffsetRun> UnsettledBelow(long offset, bool withUntaken = false)
    {
        var unsettled = table.Unsettled();
        if (withUntaken)
            unsettled.AddRun(new OffsetRun(table.Cursor, Math.Max(table.Cursor, offset)));
        return unsettled.Below(offset);
    }

    /// <summary>
    /// Settles what nobody has taken yet below an offset, in one step; returns how many that were. Commits.
    /// </summary>
    /// <param name="offset">One past the last.</param>
    /// <param name="microseconds">Told the first; says how much work they declare together.</param>
    public long PassTo(long offset, Func<long, long> microseconds)
    {
        var passed = offset - table.Cursor;
        if (passed <= 0)
            return 0;
        table.Add(TableWord.SettledMicroseconds, microseconds(table.Cursor));
        table.Add(TableWord.SettledMessages, passed);
        table.Add(TableWord.Cursor, passed);
        // Far too many for the journal.
        table.Add(TableWord.SnapshotsWanted, 1);
        table.Commit();
        return passed;
    }

    /// <summary>
    /// Settles some messages, each with the work it declared; returns which. Those that are held, settled, or for
    /// which the table has no room, are not. Commits.
    /// </summary>
    public IReadOnlyList<long> These(SortedDictionary<long, long> declaredMicroseconds)
    {
        if (declaredMicroseconds.Count == 0)
            return [];
        var (first, last) = (declaredMicroseconds.Keys.First(), declaredMicroseconds.Keys.Last());
        PassOver(last);
        var dropped = new List<long>();
        Drop(entry =>
        {
            var mask = 0UL;
            // Most entries are of others when a few are meant of very many.
            if (entry.Start > last || entry.Start + 63 < first)
                return mask;
            for (var rest = entry.Pending; rest != 0; rest &= rest - 1)
            {
                var offset = entry.Start + BitOperations.TrailingZeroCount(rest);
                if (!declaredMicroseconds.TryGetValue(offset, out var micros))
                    continue;
                mask |= rest & (~rest + 1);
                dropped.Add(offset);
                table.Add(TableWord.SettledMicroseconds, micros);
            }

            return mask;
        });
        return dropped;
    }

    /// <summary>What lies at the cursor becomes entries, up to <paramref name="last"/>, if there is room.</summary>
    private void PassOver(long last)
    {
        var owner = table.IsOrdered ? EntryOwner.Unexamined : EntryOwner.Returned;
        while (table.Cursor <= last && table.CanGrow)
        {
            var count = (int)Math.Min(64, last + 1 - table.Cursor);
            var start = table.Cursor;
            table.Add(TableWord.Cursor, count);
            table.Put(table.TakeEntry(), new LeaseEntry(start, Bits.Low(count), 0, owner, 0, 0));
            table.CommitWhenFull();
        }

        table.Commit();
    }

    /// <summary>
    /// Blocked ones first: otherwise each that goes would only let the next of its key come forward.
    /// </summary>
    private long Drop(Func<LeaseEntry, ulong> maskOf)
    {
        var count = 0L;
        int[] blocked = [.. IndexesOf(entry => entry.Owner == EntryOwner.Blocked)];
        foreach (var index in blocked)
            count += Drop(index, maskOf, _keys.RemoveBlocked);
        int[] others = [.. IndexesOf(entry => entry.Owner != EntryOwner.Blocked && entry.Owner.Slot is null)];
        foreach (var index in others)
            count += Drop(index, maskOf, RemoveOther);
        table.Commit();
        return count;
    }

    private IEnumerable<int> IndexesOf(Func<LeaseEntry, bool> which) =>
        EntryScan.Used(table).Where(item => which(item.Entry)).Select(item => item.Index);

    private int Drop(int index, Func<LeaseEntry, ulong> maskOf, Action<int, LeaseEntry, ulong> remove)
    {
        var entry = table.Entry(index);
        // A message that came forward may stand here now; it was not asked about.
        if (entry.Owner == EntryOwner.Free || entry.Owner == EntryOwner.Revoked)
            return 0;
        var mask = maskOf(entry);
        if (mask == 0)
            return 0;
        _journal.Add(entry.Start, mask);
        table.Add(TableWord.SettledMessages, Bits.Count(mask));
        remove(index, entry, mask);
        table.CommitWhenFull();
        return Bits.Count(mask);
    }

    private void RemoveOther(int index, LeaseEntry entry, ulong mask)
    {
        var rest = entry.Pending & ~mask;
        if (rest != 0)
            table.Put(index, entry with { Pending = rest });
        else if (entry.KeyHash != 0)
            _keys.Release(index, entry);
        else
            table.FreeEntry(index);
    }
}
