namespace Fiq.Groups;

/// <summary>
/// What was settled since the last flush: a ring of (start, mask) in the lease table. When it is full, the next
/// flush writes a whole snapshot instead.
/// </summary>
internal sealed class SettlementJournal(LeaseTable table)
{
    /// <summary>Notes settled offsets, as part of the transaction that settles them.</summary>
    public void Add(long start, ulong mask)
    {
        var tail = table[TableWord.JournalTail];
        if (tail - table[TableWord.JournalHead] == TableLayout.JournalCount)
        {
            table.Add(TableWord.SnapshotsWanted, 1);
            return;
        }

        var at = TableLayout.JournalRecordAt(tail);
        table.Transaction.Store(at, (ulong)start);
        table.Transaction.Store(at + 8, mask);
        table.Add(TableWord.JournalTail, 1);
    }

    /// <summary>The offsets noted and not yet flushed.</summary>
    public OffsetSet Unflushed()
    {
        var set = new OffsetSet();
        for (var number = table[TableWord.JournalHead]; number != table[TableWord.JournalTail]; number++)
        {
            var at = TableLayout.JournalRecordAt(number);
            set.AddMask((long)table.Transaction.Load(at), table.Transaction.Load(at + 8));
        }

        return set;
    }
}
