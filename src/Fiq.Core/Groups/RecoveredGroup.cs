namespace Fiq.Groups;

/// <summary>Unsettled offsets and the attempts counted for them.</summary>
internal readonly record struct RecoveredEntry(long Start, ulong Pending, uint Attempts)
{
    /// <summary>When they may be taken: a timestamp; 0 at once.</summary>
    public long Due { get; init; }

    /// <summary>Whether the last attempt ended because its owner died.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>Whether they wait for the time that they name, and not for another attempt.</summary>
    public bool IsDelayed { get; init; }

    /// <summary>Their priority, as far as it was known.</summary>
    public int Priority { get; init; }

    public int Count => Bits.Count(Pending);

    /// <summary>As nobody's entry of a lease table.</summary>
    public LeaseEntry ToEntry(long now, EntryOwner owner) => new(
        Start, Pending, 0, owner == EntryOwner.Returned && Due > now ? EntryOwner.Waiting : owner, Attempts, 0)
    {
        Due = Due > now ? Due : 0,
        WasInterrupted = WasInterrupted,
        IsDelayed = IsDelayed && Due > now,
        Priority = Priority,
    };

    /// <summary>What an offset file says of a message that has failed.</summary>
    public static RecoveredEntry Of(in RetryNote note, GroupClock clock) => new(note.Offset, 1, (uint)note.Attempts)
    {
        Due = clock.After(note.Left(clock.Wall)),
    };

    /// <summary>What an entry says of some of its messages.</summary>
    public static RecoveredEntry Of(in LeaseEntry entry, ulong pending) => new(entry.Start, pending, entry.Attempts)
    {
        Due = entry.Owner == EntryOwner.Waiting || entry.Owner == EntryOwner.Unexamined ? entry.Due : 0,
        WasInterrupted = entry.WasInterrupted,
        IsDelayed = entry.IsDelayed,
        Priority = entry.Priority,
    };
}

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
    // Each takes an entry of its own. More than a table can hold come of a table that was given up.
    private const int NotesMax = TableLayout.EntryCount / 2;

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

    /// <summary>
    /// Attempts, and times of the next ones, that the offset file does not know; at most as many as have room.
    /// </summary>
    public IReadOnlyList<RetryNote> UnwrittenNotes(OffsetFileContent file, GroupClock clock)
    {
        var notes = new List<RetryNote>();
        foreach (var entry in Entries.Where(entry => entry.Attempts > 0))
        {
            for (var rest = entry.Pending; rest != 0; rest &= rest - 1)
            {
                var offset = entry.Start + System.Numerics.BitOperations.TrailingZeroCount(rest);
                var known = file.Retries.GetValueOrDefault(offset);
                if (known.Attempts < entry.Attempts && file.Retries.Count + notes.Count < NotesMax)
                    notes.Add(NoteOf(entry, offset, known.Error ?? "", clock));
            }
        }

        return notes;
    }

    /// <summary>What the offset file alone says.</summary>
    public static RecoveredGroup Of(OffsetFileContent file, GroupClock clock) => new(
        file.Sums.Cursor,
        [.. EntriesOf(file, 0, clock)],
        file.Sums.SettledMicroseconds,
        new OffsetSet());

    /// <summary>What the offset file and the table say together.</summary>
    public static RecoveredGroup Of(OffsetFileContent file, LeaseTable table, GroupClock clock)
    {
        var entries = new List<RecoveredEntry>();
        for (var i = 0; i < table.HighWater; i++)
            AddEntry(entries, file, table, i, clock);
        entries.AddRange(EntriesOf(file, table.Cursor, clock));
        var cursor = Math.Max(file.Sums.Cursor, table.Cursor);
        var known = cursor - entries.Sum(entry => (long)Bits.Count(entry.Pending));
        var missing = MissingFrom(file, entries, cursor);
        return new RecoveredGroup(cursor, entries, Microseconds(file, table, known), missing);
    }

    private static void AddEntry(
        List<RecoveredEntry> entries, OffsetFileContent file, LeaseTable table, int index, GroupClock clock)
    {
        var entry = table.Entry(index);
        var pending = entry.Pending & ~file.SettledAt(entry.Start);
        var started = entry.Owner.Slot is not null || entry.Owner == EntryOwner.Revoked
            ? pending & table.Transaction.Load(TableLayout.StartedMaskAt(index))
            : 0;
        // Where the table comes from an older page of this boot, the file may know of more failures.
        for (var rest = file.Retries.Count > 0 ? pending : 0; rest != 0; rest &= rest - 1)
        {
            var bit = rest & (0 - rest);
            var offset = entry.Start + System.Numerics.BitOperations.TrailingZeroCount(bit);
            var attempts = entry.Attempts + ((started & bit) == 0 ? 0 : 1);
            if (!file.Retries.TryGetValue(offset, out var note) || note.Attempts <= attempts)
                continue;
            entries.Add(RecoveredEntry.Of(note, clock));
            pending &= ~bit;
            started &= ~bit;
        }

        if (started != 0)
            entries.Add(RecoveredEntry.Of(entry.Tried(interrupted: true), started));
        if (pending != started)
            entries.Add(RecoveredEntry.Of(entry, pending & ~started));
    }

    /// <summary>The unsettled offsets that the file names; those that have failed by themselves.</summary>
    private static IEnumerable<RecoveredEntry> EntriesOf(OffsetFileContent file, long from, GroupClock clock)
    {
        var last = LastKnown(file);
        foreach (var (start, mask) in file.UnsettledFrom(from))
        {
            var fresh = mask;
            for (var rest = start <= last ? mask : 0; rest != 0; rest &= rest - 1)
            {
                var offset = start + System.Numerics.BitOperations.TrailingZeroCount(rest);
                if (offset > last || !file.Retries.TryGetValue(offset, out var note))
                    continue;
                fresh &= ~(1UL << (int)(offset - start));
                yield return RecoveredEntry.Of(note, clock);
            }

            if (fresh != 0)
                yield return new RecoveredEntry(start, fresh, 0);
        }
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

    /// <summary>Of more failures than have room only the first count: up to this offset.</summary>
    private static long LastKnown(OffsetFileContent file) => file.Retries.Count switch
    {
        0 => -1,
        <= NotesMax => long.MaxValue,
        _ => file.Retries.Keys.Order().ElementAt(NotesMax - 1),
    };

    private static RetryNote NoteOf(in RecoveredEntry entry, long offset, string error, GroupClock clock)
    {
        var wait = entry.Due == 0 ? TimeSpan.Zero : clock.Until(entry.Due);
        var due = clock.Wall + (long)wait.TotalMicroseconds;
        return new RetryNote(offset, (int)entry.Attempts, due, (long)wait.TotalMicroseconds, error);
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
