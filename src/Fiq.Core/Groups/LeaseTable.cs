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
    private const int EntriesKeptForSplits = 1_024;

    // An entry, a slot and the journal change at most 6 words each, the state all of its own.
    private const int StoresPerStep = 64;

    public TableTransaction Transaction => table;

    public long Cursor => (long)this[TableWord.Cursor];

    /// <summary>Unsettled offsets below the cursor.</summary>
    public long Pending => Cursor - (long)this[TableWord.SettledMessages];

    public bool CanGrow => this[TableWord.EntriesUsed] < TableLayout.EntryCount - EntriesKeptForSplits;

    public bool CanSplit => this[TableWord.EntriesUsed] < TableLayout.EntryCount;

    public bool SnapshotWanted => this[TableWord.SnapshotsWanted] != this[TableWord.SnapshotsDone];

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

    public void Put(int index, in LeaseEntry entry)
    {
        this[TableWord.PendingDigest] += LeaseEntry.Digest(entry.Start, entry.Pending) - DigestOf(index);
        entry.Write(table, index);
    }

    public Slot Slot(int slot) => Groups.Slot.Read(table, slot);

    public void Put(int slot, in Slot value) => value.Write(table, slot);

    /// <summary>Changes how many messages the entry's owner holds.</summary>
    public void AddLeased(EntryOwner owner, long difference)
    {
        if (owner.Slot is not { } slot)
            throw new InvalidOperationException("a lease without an owner");
        var value = Slot(slot);
        Put(slot, value with { Leased = value.Leased + difference });
    }

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

        this[TableWord.FreeHead] = Entry(head - 1).NextFree;
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
        foreach (var (_, _, lowest) in EntryScan.Used(this))
            floor = Math.Min(floor, lowest);
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

    private ulong DigestOf(int entry) => LeaseEntry.Digest(
        (long)table.Load(TableLayout.EntryAt(entry)), table.Load(TableLayout.PendingAt(entry)));

    private ulong StateChecksum()
    {
        Span<ulong> words = stackalloc ulong[(int)TableWord.Checksum];
        for (var i = 0; i < words.Length; i++)
            words[i] = this[(TableWord)i];
        return Crc32C.Compute(MemoryMarshal.AsBytes(words));
    }
}
