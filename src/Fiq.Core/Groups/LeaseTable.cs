using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// The lease table as its lock holder sees it: state words, entries, slots, journal. Everything below the cursor is
/// settled but the pending bits of entries in use.
/// </summary>
internal sealed class LeaseTable(TableTransaction table)
{
    // The last entries are kept for splitting what is returned or handed back, so that a table full of returned
    // leases can still be worked off one message at a time.
    public const int EntriesKeptForSplits = 1_024;

    // When everything fails, taking more would only make more fail. Half of the table: each of them has its own entry.
    private const int RetryingMax = 32_768;

    // A step changes at most ten entries of 8 words, a slot, some words of journal, map and buckets, and the state.
    private const int StoresPerStep = 224;

    public TableTransaction Transaction => table;

    public long Cursor => (long)this[TableWord.Cursor];

    /// <summary>Unsettled offsets below the cursor.</summary>
    public long Pending => Cursor - (long)this[TableWord.SettledMessages];

    public bool CanGrow =>
        this[TableWord.EntriesUsed] < TableLayout.EntryCount - EntriesKeptForSplits
        && this[TableWord.Retrying] < RetryingMax;

    public bool CanSplit => this[TableWord.EntriesUsed] < TableLayout.EntryCount;

    public bool SnapshotWanted => this[TableWord.SnapshotsWanted] != this[TableWord.SnapshotsDone];

    /// <summary>Entries that can still be taken into use.</summary>
    public int EntriesLeft => TableLayout.EntryCount - (int)this[TableWord.EntriesUsed];

    public bool IsOrdered => this[TableWord.Ordered] != 0;

    public int HighWater => (int)this[TableWord.HighWater];

    public ulong this[TableWord word]
    {
        get => table.Load(TableLayout.StateWordAt(word));
        set => table.Store(TableLayout.StateWordAt(word), value);
    }

    public void Add(TableWord word, long difference) => this[word] = (ulong)((long)this[word] + difference);

    /// <summary>Throws when the state's checksum is wrong.</summary>
    public void CheckState()
    {
        if (this[TableWord.Checksum] != StateChecksum())
            throw table.Damage(TableLayout.StateAt, (int)TableWord.Checksum * 8, "the state");
        if (HighWater is < 0 or > TableLayout.EntryCount)
            throw table.Damage(TableLayout.StateAt, (int)TableWord.Checksum * 8, "the high-water mark");
    }

    public void Commit()
    {
        this[TableWord.Checksum] = StateChecksum();
        table.Commit();
    }

    /// <summary>
    /// Commits what is staged when it may have no room for another step. Called only where the table is whole.
    /// </summary>
    public void CommitWhenFull()
    {
        if (table.Room < StoresPerStep)
            Commit();
    }

    public LeaseEntry Entry(int index) => LeaseEntry.Read(table, index);

    /// <summary>Changes an entry, and everything that is counted of it.</summary>
    public void Put(int index, in LeaseEntry entry)
    {
        var at = TableLayout.EntryAt(index);
        var before = new Holding(
            new EntryOwner(table.Load(at + 24)), (table.Load(at + 32) & LeaseEntry.DelayedFlag) != 0);
        var after = new Holding(entry.Owner, entry.IsDelayed);
        var countBefore = Bits.Count(table.Load(TableLayout.PendingAt(index)));
        if (before == after)
        {
            Count(after, entry.Count - countBefore);
        }
        else
        {
            Count(before, -countBefore);
            Count(after, entry.Count);
        }

        this[TableWord.PendingDigest] += LeaseEntry.Digest(entry.Start, entry.Pending) - DigestOf(index);
        MarkReady(index, entry.Owner == EntryOwner.Returned);
        var next = (long)this[TableWord.NextDue];
        if (entry.Owner == EntryOwner.Waiting && (next == 0 || next > entry.Due))
            this[TableWord.NextDue] = (ulong)entry.Due;
        entry.Write(table, index);
    }

    public Slot Slot(int slot) => Groups.Slot.Read(table, slot);

    public void Put(int slot, in Slot value) => value.Write(table, slot);

    /// <summary>Draws the serial for a lease in that entry: never 0, never used before in this table.</summary>
    public ulong NextSerial(int entry)
    {
        Add(TableWord.Counter, 1);
        return (this[TableWord.Counter] << 16) | (uint)entry;
    }

    /// <summary>Takes an entry into use, after asking <see cref="CanGrow"/> or <see cref="CanSplit"/>.</summary>
    public int TakeEntry()
    {
        Add(TableWord.EntriesUsed, 1);
        var head = (int)this[TableWord.FreeHead];
        if (head == 0)
        {
            var fresh = HighWater;
            if (fresh == TableLayout.EntryCount)
                throw new InvalidOperationException("no entry is free");
            Add(TableWord.HighWater, 1);
            // What an earlier life of the table left there is in no sum.
            table.Store(TableLayout.PendingAt(fresh), 0);
            return fresh;
        }

        this[TableWord.FreeHead] = Entry(head - 1).Next;
        return head - 1;
    }

    /// <summary>Gives an entry back. The last one resets the high-water mark, which bounds every search.</summary>
    public void FreeEntry(int index)
    {
        Add(TableWord.EntriesUsed, -1);
        var next = (uint)this[TableWord.FreeHead];
        this[TableWord.FreeHead] = (uint)index + 1;
        if (this[TableWord.EntriesUsed] == 0)
        {
            this[TableWord.FreeHead] = 0;
            this[TableWord.HighWater] = 0;
            next = 0;
        }

        Put(index, new LeaseEntry(0, 0, 0, EntryOwner.Free, 0, next));
    }

    /// <summary>Whether the entries are those that the state was committed with.</summary>
    public bool IsWhole()
    {
        var pending = 0L;
        var digest = 0UL;
        for (var i = 0; i < HighWater; i++)
        {
            pending += Bits.Count(Entry(i).Pending);
            digest += DigestOf(i);
        }

        return pending == Pending && digest == this[TableWord.PendingDigest];
    }

    /// <summary>The lowest unsettled offset, as committed.</summary>
    public long Floor()
    {
        var floor = Cursor;
        foreach (var (_, entry) in EntryScan.Used(this))
            floor = Math.Min(floor, entry.Lowest);
        return floor;
    }

    /// <summary>All unsettled offsets below the cursor.</summary>
    public OffsetSet Unsettled()
    {
        var set = new OffsetSet();
        for (var i = 0; i < HighWater; i++)
        {
            var entry = Entry(i);
            set.AddMask(entry.Start, entry.Pending);
        }

        return set;
    }

    /// <summary>Changes the count of messages in that state, or of those that its owner holds.</summary>
    private void Count(Holding holding, long difference)
    {
        if (difference == 0)
            return;
        if (holding.Owner.Slot is { } slot)
        {
            var value = Slot(slot);
            Put(slot, value with { Leased = value.Leased + difference });
        }
        else if (WordOf(holding) is { } word)
        {
            Add(word, difference);
        }
    }

    private static TableWord? WordOf(Holding holding)
    {
        if (holding.Owner == EntryOwner.Returned)
            return TableWord.Returned;
        if (holding.Owner == EntryOwner.Waiting)
            return holding.IsDelayed ? TableWord.Delayed : TableWord.Retrying;
        if (holding.Owner == EntryOwner.Blocked)
            return TableWord.Blocked;
        if (holding.Owner == EntryOwner.Unexamined)
            return TableWord.Unexamined;
        return holding.Owner == EntryOwner.Revoked ? TableWord.Revoked : null;
    }

    private void MarkReady(int index, bool ready)
    {
        var at = TableLayout.ReadyWordAt(index);
        var bit = 1UL << (index % 64);
        var word = table.Load(at);
        table.Store(at, ready ? word | bit : word & ~bit);
    }

    private ulong DigestOf(int entry) => LeaseEntry.Digest(
        (long)table.Load(TableLayout.EntryAt(entry)), table.Load(TableLayout.PendingAt(entry)));

    private ulong StateChecksum()
    {
        Span<ulong> words = stackalloc ulong[(int)TableWord.Checksum];
        for (var i = 0; i < words.Length; i++)
            words[i] = this[(TableWord)i];
        return Crc32C.Compute(MemoryMarshal.AsBytes(words));
    }

    /// <summary>What is counted of an entry.</summary>
    private readonly record struct Holding(EntryOwner Owner, bool IsDelayed);
}
