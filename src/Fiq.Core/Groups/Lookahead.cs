namespace Fiq.Groups;

/// <summary>A message with a priority above 0, found ahead of its turn.</summary>
internal readonly record struct UrgentMessage(long Offset, int Priority);

/// <summary>
/// Notes urgent messages in the table before their turn has come, so that claims find them. What lies at the cursor
/// before one is passed over: it is below the cursor then, and free to be taken. Telling it twice does no harm.
/// </summary>
internal sealed class Lookahead(LeaseTable table)
{
    /// <summary>
    /// Notes them; returns how many, from the first on, are known to the table now: it may have no room for more.
    /// Commits.
    /// </summary>
    /// <param name="urgent">Ascending, all of them readable.</param>
    public int Note(IReadOnlyList<UrgentMessage> urgent)
    {
        NoteBelow(urgent, table.Cursor);
        var count = FirstFrom(urgent, table.Cursor);
        while (count < urgent.Count && table.CanGrow)
        {
            Pass(urgent);
            count = FirstFrom(urgent, table.Cursor);
            table.CommitWhenFull();
        }

        table.Commit();
        return count;
    }

    private void NoteBelow(IReadOnlyList<UrgentMessage> urgent, long cursor)
    {
        if (urgent.Count == 0 || urgent[0].Offset >= cursor)
            return;
        foreach (var (index, glimpse) in EntryScan.Ready(table))
        {
            if (glimpse.Priority == 0)
                Sort(index, urgent);
        }
    }

    /// <summary>Splits an entry by the priorities of its messages.</summary>
    private void Sort(int index, IReadOnlyList<UrgentMessage> urgent)
    {
        var entry = table.Entry(index);
        Span<ulong> masks = stackalloc ulong[Message.PriorityMax + 1];
        ByPriority(urgent, entry.Start, entry.Pending, masks);
        for (var priority = 1; priority < masks.Length; priority++)
        {
            var mask = masks[priority];
            if (mask == 0)
                continue;
            var part = entry with { Priority = priority, Pending = mask };
            if (mask == entry.Pending)
            {
                table.Put(index, part);
                return;
            }

            if (!table.CanGrow)
                return;
            entry = entry with { Pending = entry.Pending & ~mask };
            table.Put(index, entry);
            table.Put(table.TakeEntry(), part);
            table.CommitWhenFull();
        }
    }

    /// <summary>
    /// Up to 64 messages at the cursor become entries, one for each priority among them, up to the last urgent one at
    /// most: of what lies behind nothing is known.
    /// </summary>
    private void Pass(IReadOnlyList<UrgentMessage> urgent)
    {
        var start = table.Cursor;
        var count = (int)Math.Min(64, urgent[^1].Offset + 1 - start);
        Span<ulong> masks = stackalloc ulong[Message.PriorityMax + 1];
        ByPriority(urgent, start, Bits.Low(count), masks);
        table.Add(TableWord.Cursor, count);
        for (var priority = 0; priority < masks.Length; priority++)
        {
            if (masks[priority] == 0)
                continue;
            table.Put(
                table.TakeEntry(),
                new LeaseEntry(start, masks[priority], 0, EntryOwner.Returned, 0, 0) { Priority = priority });
        }
    }

    /// <summary>Which of 64 messages have which priority.</summary>
    private static void ByPriority(
        IReadOnlyList<UrgentMessage> urgent, long start, ulong among, Span<ulong> masks)
    {
        masks[0] = among;
        for (var i = FirstFrom(urgent, start); i < urgent.Count && urgent[i].Offset < start + 64; i++)
        {
            var bit = among & (1UL << (int)(urgent[i].Offset - start));
            masks[urgent[i].Priority] |= bit;
            masks[0] &= ~bit;
        }
    }

    private static int FirstFrom(IReadOnlyList<UrgentMessage> urgent, long offset)
    {
        var (low, high) = (0, urgent.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (urgent[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
