namespace Fiq.Groups;

/// <summary>
/// In an ordered group: for each key its unsettled messages that have been looked at. Keys share buckets by their
/// hash; a bucket is a chain of entries. First come the active ones, one for each key: the message that may be worked
/// on, is worked on, or waits for another attempt. Behind them the blocked ones, by offset. So the cost of asking for
/// a key, and of letting its next message go, does not grow with what waits behind another key.
/// </summary>
internal sealed class KeyOrder(LeaseTable table)
{
    /// <summary>
    /// Adds the next messages of a key, in order of the offsets: the first becomes active where nothing of its key is
    /// known.
    /// </summary>
    public void Add(in LeaseEntry messages)
    {
        var blocked = messages with { Owner = EntryOwner.Blocked, Due = 0, IsDelayed = false };
        if (FindActive(messages.KeyHash) is null)
        {
            PutFirst(table.TakeEntry(), messages with { Pending = messages.Pending & (~messages.Pending + 1) });
            blocked = blocked with { Pending = messages.Pending & (messages.Pending - 1) };
        }

        if (blocked.Pending != 0)
            PutLast(blocked.FromLowest());
    }

    /// <summary>
    /// An active message is settled: takes it out of its bucket, frees its entry, and makes the next one of its key
    /// active.
    /// </summary>
    public void Release(int index, in LeaseEntry settled)
    {
        Unlink(index, settled.KeyHash);
        table.FreeEntry(index);
        if (FindBlocked(settled.KeyHash) is not { } next)
            return;
        var blocked = table.Entry(next);
        var first = 1UL << (int)(blocked.Lowest - blocked.Start);
        var active = blocked with { Pending = first, Owner = EntryOwner.Returned, Next = 0 };
        if (blocked.Pending == first)
        {
            Unlink(next, blocked.KeyHash);
            PutFirst(next, active);
            return;
        }

        table.Put(next, blocked with { Pending = blocked.Pending & ~first });
        // The entry that has just been freed, if no other.
        PutFirst(table.TakeEntry(), active);
    }

    /// <summary>Takes blocked messages out: they were settled without having been worked on.</summary>
    public void RemoveBlocked(int index, LeaseEntry entry, ulong mask)
    {
        var rest = entry.Pending & ~mask;
        if (rest != 0)
        {
            table.Put(index, entry with { Pending = rest });
            return;
        }

        Unlink(index, entry.KeyHash);
        table.FreeEntry(index);
    }

    private int? FindActive(ulong keyHash)
    {
        for (var at = First(keyHash); at != 0;)
        {
            var entry = table.Entry(at - 1);
            if (entry.Owner == EntryOwner.Blocked)
                return null;
            if (entry.KeyHash == keyHash)
                return at - 1;
            at = (int)entry.Next;
        }

        return null;
    }

    private int? FindBlocked(ulong keyHash)
    {
        for (var at = First(keyHash); at != 0;)
        {
            var entry = table.Entry(at - 1);
            if (entry.Owner == EntryOwner.Blocked && entry.KeyHash == keyHash)
                return at - 1;
            at = (int)entry.Next;
        }

        return null;
    }

    private void PutFirst(int index, in LeaseEntry entry)
    {
        var (first, last) = Bucket(entry.KeyHash);
        table.Put(index, entry with { Next = (uint)first });
        SetBucket(entry.KeyHash, index + 1, last == 0 ? index + 1 : last);
    }

    /// <summary>
    /// Puts messages behind all others; as far as they are near enough, into the last entry where that is one of their
    /// kind.
    /// </summary>
    private void PutLast(LeaseEntry messages)
    {
        var (first, last) = Bucket(messages.KeyHash);
        var tail = table.Entry(last - 1);
        var distance = messages.Start - tail.Start;
        var joins = distance is >= 0 and < 64
            && tail with { Start = 0, Pending = 0, Next = 0 } == messages with { Start = 0, Pending = 0, Next = 0 };
        if (joins)
        {
            tail = tail with { Pending = tail.Pending | (messages.Pending << (int)distance) };
            messages = messages with { Pending = messages.Pending & ~Bits.Low(64 - (int)distance) };
            if (messages.Pending == 0)
            {
                table.Put(last - 1, tail);
                return;
            }
        }

        var index = table.TakeEntry();
        table.Put(index, messages.FromLowest() with { Next = 0 });
        table.Put(last - 1, tail with { Next = (uint)index + 1 });
        SetBucket(messages.KeyHash, first, index + 1);
    }

    private void Unlink(int index, ulong keyHash)
    {
        var (first, last) = Bucket(keyHash);
        var next = table.Entry(index).Next;
        var before = 0;
        for (var at = first; at != index + 1; at = (int)table.Entry(at - 1).Next)
        {
            if (at == 0)
                throw table.Transaction.Damage(TableLayout.BucketAt(keyHash), 8, "a bucket of keys");
            before = at;
        }

        if (before != 0)
            table.Put(before - 1, table.Entry(before - 1) with { Next = next });
        SetBucket(keyHash, before == 0 ? (int)next : first, last == index + 1 ? before : last);
    }

    private int First(ulong keyHash) => Bucket(keyHash).First;

    private (int First, int Last) Bucket(ulong keyHash)
    {
        var word = table.Transaction.Load(TableLayout.BucketAt(keyHash));
        return ((int)(uint)word, (int)(word >> 32));
    }

    private void SetBucket(ulong keyHash, int first, int last) =>
        table.Transaction.Store(TableLayout.BucketAt(keyHash), ((ulong)(uint)last << 32) | (uint)first);
}
