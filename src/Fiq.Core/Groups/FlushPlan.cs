namespace Fiq.Groups;

/// <summary>What one flush writes, as it stood under the group's lock.</summary>
/// <param name="IsSnapshot">Whether it is everything, for a new file, or what the journal holds.</param>
/// <param name="Sums">The sums to state.</param>
/// <param name="Settled">The offsets to write.</param>
/// <param name="JournalTail">The journal is empty up to here once this is on disk.</param>
/// <param name="SnapshotsWanted">Snapshots wanted up to here are taken with this one.</param>
/// <param name="End">Where the offset file ended.</param>
internal sealed record FlushPlan(
    bool IsSnapshot,
    OffsetSums Sums,
    OffsetSet Settled,
    ulong JournalTail,
    ulong SnapshotsWanted,
    OffsetFileEnd End)
{
    /// <summary>What is known of failures.</summary>
    public IReadOnlyCollection<RetryNote> Retries { get; init; } = [];

    /// <summary>
    /// The plan for the table as it stands, with these failures; null when there is nothing to write.
    /// </summary>
    public static FlushPlan? TryMake(LeaseTable table, bool snapshot, IReadOnlyCollection<RetryNote> retries)
    {
        snapshot |= table.SnapshotWanted;
        if (!snapshot && retries.Count == 0 && table[TableWord.JournalHead] == table[TableWord.JournalTail])
            return null;
        var sums = new OffsetSums(
            table.Floor(),
            table.Cursor,
            (long)table[TableWord.SettledMessages],
            (long)table[TableWord.SettledMicroseconds]);
        return new FlushPlan(
            snapshot,
            sums,
            snapshot ? AllSettled(table, sums) : new SettlementJournal(table).Unflushed(),
            table[TableWord.JournalTail],
            table[TableWord.SnapshotsWanted],
            new OffsetFileEnd(
                (long)table[TableWord.OffsetEnd],
                table[TableWord.OffsetSequence],
                (uint)table[TableWord.OffsetHeaderCrc]))
        {
            Retries = retries,
        };
    }

    /// <summary>With a snapshot: these earlier failures, too, as far as their messages are not settled.</summary>
    public FlushPlan With(IEnumerable<RetryNote> earlier)
    {
        var all = new Dictionary<long, RetryNote>();
        foreach (var note in earlier.Concat(Retries))
        {
            if (note.Offset >= Sums.Floor && (Settled.MaskAt(note.Offset) & 1) == 0)
                note.AddTo(all);
        }

        return this with { Retries = all.Values };
    }

    /// <summary>Notes in the table what is on disk now.</summary>
    public void Publish(LeaseTable table, in OffsetFileEnd end)
    {
        table[TableWord.JournalHead] = JournalTail;
        if (IsSnapshot)
            table[TableWord.SnapshotsDone] = SnapshotsWanted;
        table[TableWord.DurableFloor] = (ulong)Sums.Floor;
        table[TableWord.OffsetSequence] = end.Sequence;
        table[TableWord.OffsetEnd] = (ulong)end.Position;
        table[TableWord.OffsetHeaderCrc] = end.HeaderCrc;
        table[TableWord.Stopped] = 0;
    }

    private static OffsetSet AllSettled(LeaseTable table, in OffsetSums sums)
    {
        var settled = new OffsetSet();
        settled.AddRun(new OffsetRun(sums.Floor, sums.Cursor));
        for (var i = 0; i < table.HighWater; i++)
        {
            var entry = table.Entry(i);
            settled.RemoveMask(entry.Start, entry.Pending);
        }

        return settled;
    }
}
