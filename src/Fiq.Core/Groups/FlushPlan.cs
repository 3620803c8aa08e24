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
    /// <summary>The plan for the table as it stands; null when there is nothing to write.</summary>
    public static FlushPlan? TryMake(LeaseTable table, bool snapshot)
    {
        snapshot |= table.SnapshotWanted;
        if (!snapshot && table[TableWord.JournalHead] == table[TableWord.JournalTail])
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
                (uint)table[TableWord.OffsetHeaderCrc]));
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
