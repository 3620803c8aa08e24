namespace Fiq.Groups;

/// <summary>
/// Frees leases whose owner is dead or hangs. In two steps, because a hung owner may wake up at any moment: first
/// the serials are taken away, then the started marks are read. An owner sets its mark first and then looks at the
/// serial, so either it learns that the lease is gone, or its attempt is counted here.
/// </summary>
internal sealed class Reap(LeaseTable table)
{
    /// <summary>Takes away all leases of these slots. Commits.</summary>
    public void Revoke(IReadOnlySet<int> slots)
    {
        if (slots.Count == 0)
            return;
        foreach (var (i, glimpse) in EntryScan.Used(table))
        {
            if (glimpse.Owner.Slot is not { } slot || !slots.Contains(slot))
                continue;
            table.Put(i, table.Entry(i) with { Serial = 0, Owner = EntryOwner.Revoked });
            table.CommitWhenFull();
        }

        table.Commit();
        table.Transaction.Memory.Fence();
    }

    /// <summary>Counts the attempts of revoked entries and returns them; returns their messages. Commits.</summary>
    public int ReturnRevoked()
    {
        var freed = 0;
        if (table[TableWord.Revoked] == 0)
            return 0;
        foreach (var (i, glimpse) in EntryScan.Used(table))
        {
            if (glimpse.Owner != EntryOwner.Revoked)
                continue;
            var entry = table.Entry(i) with { Owner = EntryOwner.Returned };
            var started = entry.Pending & table.Transaction.Load(TableLayout.StartedMaskAt(i));
            freed += entry.Count;
            Return(i, entry, started);
            table.CommitWhenFull();
        }

        table.Commit();
        return freed;
    }

    /// <summary>Hands back all leases of one slot without counting an attempt. Commits.</summary>
    public void HandBack(int ownSlot)
    {
        foreach (var (i, glimpse) in EntryScan.Used(table))
        {
            if (glimpse.Owner.Slot != ownSlot)
                continue;
            table.Put(i, table.Entry(i) with { Serial = 0, Owner = EntryOwner.Returned });
            table.CommitWhenFull();
        }

        table.Commit();
    }

    /// <summary>
    /// An attempt counts for what was started and for nothing else, so a lease with both is split. Without an entry
    /// to split into, it counts for all: a message that kills its consumer must not do so for ever.
    /// </summary>
    private void Return(int index, in LeaseEntry entry, ulong started)
    {
        if (started == 0)
        {
            table.Put(index, entry);
            return;
        }

        var rest = entry.Pending & ~started;
        if (rest == 0 || !table.CanSplit)
        {
            table.Put(index, entry.Tried(interrupted: true));
            return;
        }

        table.Put(index, entry.Tried(interrupted: true) with { Pending = started });
        table.Put(table.TakeEntry(), entry with { Pending = rest });
    }
}
