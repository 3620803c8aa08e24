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
        var count = 0;
        while (count < urgent.Count && (urgent[count].Offset < table.Cursor || TryPassTo(urgent[count])))
            count++;
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
        for (var i = FirstFrom(urgent, entry.Start); i < urgent.Count && urgent[i].Offset < entry.Start + 64; i++)
            masks[urgent[i].Priority] |= entry.Pending & (1UL << (int)(urgent[i].Offset - entry.Start));
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

    private bool TryPassTo(UrgentMessage message)
    {
        while (table.Cursor < message.Offset)
        {
            if (!table.CanGrow)
                return false;
            var count = (int)Math.Min(64, message.Offset - table.Cursor);
            Add(new LeaseEntry(table.Cursor, Bits.Low(count), 0, EntryOwner.Returned, 0, 0), count);
        }

        if (!table.CanGrow)
            return false;
        Add(
            new LeaseEntry(message.Offset, 1, 0, EntryOwner.Returned, 0, 0) { Priority = message.Priority }, count: 1);
        return true;
    }

    private void Add(in LeaseEntry entry, int count)
    {
        table.Add(TableWord.Cursor, count);
        table.Put(table.TakeEntry(), entry);
        table.CommitWhenFull();
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
