namespace Fiq.Groups;

/// <summary>Unsettled offsets and the attempts counted for them.</summary>
internal readonly record struct RecoveredEntry(long Start, ulong Pending, uint Attempts);

/// <summary>
/// A group as it comes back when nobody was attached: settled is what the offset file or a valid lease table says
/// is settled; all leases are gone; attempts of started messages are counted.
/// </summary>
/// <param name="Cursor">Nothing at or above has been taken.</param>
/// <param name="Entries">The unsettled offsets below it.</param>
/// <param name="SettledMicroseconds">Declared work of everything settled.</param>
/// <param name="Missing">What is settled and not in the offset file.</param>
internal sealed record RecoveredGroup(
    long Cursor, IReadOnlyList<RecoveredEntry> Entries, long SettledMicroseconds, OffsetSet Missing)
{
    public OffsetSums Sums => new(
        Entries.Aggregate(Cursor, (floor, entry) => Math.Min(floor, LowestOf(entry))),
        Cursor,
        Cursor - Entries.Sum(entry => (long)Bits.Count(entry.Pending)),
        SettledMicroseconds);

    /// <summary>Everything settled from the floor to the cursor.</summary>
    public OffsetSet Settled()
    {
        var settled = new OffsetSet();
        settled.AddRun(new OffsetRun(Sums.Floor, Cursor));
        foreach (var entry in Entries)
            settled.RemoveMask(entry.Start, entry.Pending);
        return settled;
    }

    /// <summary>What the offset file alone says.</summary>
    public static RecoveredGroup Of(OffsetFileContent file) => new(
        file.Sums.Cursor,
        [.. file.UnsettledFrom(0).Select(run => new RecoveredEntry(run.Start, run.Mask, 0))],
        file.Sums.SettledMicroseconds,
        new OffsetSet());

    /// <summary>What the offset file and the table say together.</summary>
    public static RecoveredGroup Of(OffsetFileContent file, LeaseTable table)
    {
        var entries = new List<RecoveredEntry>();
        for (var i = 0; i < table.HighWater; i++)
            AddEntry(entries, file, table, i);
        entries.AddRange(file.UnsettledFrom(table.Cursor).Select(run => new RecoveredEntry(run.Start, run.Mask, 0)));
        var cursor = Math.Max(file.Sums.Cursor, table.Cursor);
        var known = cursor - entries.Sum(entry => (long)Bits.Count(entry.Pending));
        var missing = MissingFrom(file, entries, cursor);
        return new RecoveredGroup(cursor, entries, Microseconds(file, table, known), missing);
    }

    private static void AddEntry(List<RecoveredEntry> entries, OffsetFileContent file, LeaseTable table, int index)
    {
        var entry = table.Entry(index);
        var pending = entry.Pending & ~file.SettledAt(entry.Start);
        var started = entry.Owner.Slot is not null || entry.Owner == EntryOwner.Revoked
            ? pending & table.Transaction.Load(TableLayout.StartedMaskAt(index))
            : 0;
        if (started != 0)
            entries.Add(new RecoveredEntry(entry.Start, started, entry.Attempts + 1));
        if (pending != started)
            entries.Add(new RecoveredEntry(entry.Start, pending & ~started, entry.Attempts));
    }

    /// <summary>
    /// Exact when one of the two knows all that is settled. Otherwise the table stems from an older page of this
    /// boot, and the larger sum is the one that is wrong by less.
    /// </summary>
    private static long Microseconds(OffsetFileContent file, LeaseTable table, long known)
    {
        var ofTable = (long)table[TableWord.SettledMicroseconds];
        if ((long)table[TableWord.SettledMessages] == known)
            return ofTable;
        return file.Sums.SettledMessages == known
            ? file.Sums.SettledMicroseconds
            : Math.Max(ofTable, file.Sums.SettledMicroseconds);
    }

    private static OffsetSet MissingFrom(OffsetFileContent file, List<RecoveredEntry> entries, long cursor)
    {
        var missing = new OffsetSet();
        foreach (var (start, mask) in file.UnsettledFrom(0))
            missing.AddMask(start, mask);
        missing.AddRun(new OffsetRun(file.Sums.Cursor, cursor));
        foreach (var entry in entries)
            missing.RemoveMask(entry.Start, entry.Pending);
        return missing;
    }

    private static long LowestOf(in RecoveredEntry entry) =>
        entry.Start + System.Numerics.BitOperations.TrailingZeroCount(entry.Pending);
}
