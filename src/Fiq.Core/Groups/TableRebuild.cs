using System.Buffers;
using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Builds the lease table anew when nobody is attached. First whatever only the old table knew is made durable, then
/// the old table is declared void, then the new one is written: killed at any point, the next one starts over and
/// loses nothing. Needs the group's lock and presence exclusively.
/// </summary>
internal sealed class TableRebuild(IDirectory folder, GroupContext context)
{
    /// <summary>Reads a table that nobody uses any more; null when it says nothing to us.</summary>
    public static LeaseTable? TryReadOld(ISharedMemory memory, GroupContext context, ulong generation, string path)
    {
        if (TableIdentity.TryRead(memory) is not { } identity)
            return null;
        var ours = identity.QueueId == context.QueueId
            && identity.BootId == context.BootId
            && identity.Generation == generation;
        if (!ours || !RedoRecord.TryReplay(memory))
            return null;
        var transaction = new TableTransaction(memory, path);
        transaction.Open();
        var table = new LeaseTable(transaction);
        return IsWhole(table) ? table : null;
    }

    /// <summary>Does it; returns the identity of the new table.</summary>
    /// <param name="memory">The table's memory.</param>
    /// <param name="table">The same as its lock holder sees it.</param>
    /// <param name="ordered">Whether the group is to go by the order of keys; null: as it did last.</param>
    public TableIdentity Run(ISharedMemory memory, LeaseTable table, bool? ordered)
    {
        var clock = new GroupClock(context.Time);
        var file = ReadOffsets(folder, context.QueueId, context.NameHash);
        var old = TryReadOld(memory, context, file.Header.Generation, folder.Path);
        var group = old is null ? RecoveredGroup.Of(file, clock) : RecoveredGroup.Of(file, old, clock);
        var suspect = file.Torn
            || (old is not null && (old.SnapshotWanted || memory.Load64(TableLayout.FlushHolderAt) != 0));
        var isOrdered = ordered ?? old is { IsOrdered: true };
        // What waits for a time on the wall was told how long when the clocks stood so to each other.
        var wallOffset = old is not null && old[TableWord.Delayed] != 0
            ? old[TableWord.WallOffset]
            : (ulong)clock.WallOffset;
        var end = Save(file, group, group.UnwrittenNotes(file, clock), suspect);
        TableIdentity.Erase(memory);
        memory.Store64(TableLayout.RedoAt, 0);
        memory.Store64(TableLayout.FlushHolderAt, 0);
        Clear(memory, TableLayout.ReadyAt, TableLayout.ReadyLength);
        Clear(memory, TableLayout.BucketsAt, TableLayout.BucketCount * 8);
        Fill(table, group, end, isOrdered, clock.Now);
        table[TableWord.WallOffset] = wallOffset;
        table.Commit();
        var identity = new TableIdentity(
            context.QueueId, context.BootId, file.Header.Generation, context.Random());
        identity.Write(memory);
        return identity;
    }

    /// <summary>Reads the truth of a queue's group, and of none other when <paramref name="group"/> is not 0.</summary>
    public static OffsetFileContent ReadOffsets(IDirectory folder, ulong queueId, ulong group = 0)
    {
        var path = $"{folder.Path}/{OffsetFileWriter.Name}";
        using var file = folder.TryOpenFile(OffsetFileWriter.Name, writable: false)
            ?? throw new DamagedException(path, 0, 0, "it is missing");
        return OffsetFileReader.Read(file, path, queueId, group);
    }

    private static bool IsWhole(LeaseTable table)
    {
        try
        {
            table.CheckState();
            return table.IsWhole();
        }
        catch (DamagedException)
        {
            // A table is rumour: a damaged one is thrown away, and the offset file speaks alone.
            return false;
        }
    }

    /// <summary>
    /// Makes all that is settled durable, and with it the floor that will be published; also the attempts that only
    /// the old table knew.
    /// </summary>
    private OffsetFileEnd Save(
        OffsetFileContent file, RecoveredGroup group, IReadOnlyCollection<RetryNote> notes, bool suspect)
    {
        using var writer = new OffsetFileWriter(folder, file.Header);
        if (!suspect && group.Missing.IsEmpty && notes.Count == 0)
        {
            writer.Sync();
            return file.End;
        }

        if (!suspect && TryAppend(writer, file, group, notes) is { } end)
            return end;
        var settled = group.Settled();
        var kept = file.Retries.Values.Where(note => (settled.MaskAt(note.Offset) & 1) == 0);
        return writer.Replace(file.End.Sequence + 3, group.Sums, settled, [.. kept, .. notes]);
    }

    private static OffsetFileEnd? TryAppend(
        OffsetFileWriter writer, OffsetFileContent file, RecoveredGroup group, IReadOnlyCollection<RetryNote> notes)
    {
        try
        {
            return writer.TryAppend(file.End, group.Sums, group.Missing, notes);
        }
        catch (FileSystemException)
        {
            // The caller writes a new file: this one is never synced again.
            return null;
        }
    }

    /// <summary>Only what is not zero: nearly nothing of these is ever used.</summary>
    private static void Clear(ISharedMemory memory, int at, int length)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        memory.Read(at, bytes.AsSpan(0, length));
        var words = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, length));
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] != 0)
                memory.Store64(at + (i * 8), 0);
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static void Fill(LeaseTable table, RecoveredGroup group, in OffsetFileEnd end, bool ordered, long now)
    {
        for (var word = TableWord.Cursor; word < TableWord.Checksum; word++)
            table[word] = 0;
        table[TableWord.Cursor] = (ulong)group.Cursor;
        table[TableWord.SettledMessages] = (ulong)group.Sums.SettledMessages;
        table[TableWord.SettledMicroseconds] = (ulong)group.SettledMicroseconds;
        table[TableWord.DurableFloor] = (ulong)group.Sums.Floor;
        table[TableWord.OffsetSequence] = end.Sequence;
        table[TableWord.OffsetEnd] = (ulong)end.Position;
        table[TableWord.OffsetHeaderCrc] = end.HeaderCrc;
        table[TableWord.Ordered] = ordered ? 1UL : 0;
        table.Commit();
        for (var slot = 0; slot < TableLayout.SlotCount; slot++)
        {
            table.Put(slot, default(Slot));
            table.CommitWhenFull();
        }

        var owner = ordered ? EntryOwner.Unexamined : EntryOwner.Returned;
        foreach (var entry in ThatFit(group.Entries, ordered))
        {
            table.Put(table.TakeEntry(), entry.ToEntry(now, owner));
            table.CommitWhenFull();
        }

        table.Commit();
    }

    /// <summary>
    /// In a crowd neighbours share an entry, whatever is known of each: never more entries than they had before.
    /// </summary>
    private static IReadOnlyList<RecoveredEntry> ThatFit(IReadOnlyList<RecoveredEntry> entries, bool ordered)
    {
        if (ordered)
            entries = [.. Ascending.Of(entries)];
        return entries.Count <= TableLayout.EntryCount - LeaseTable.EntriesKeptForSplits
            ? entries
            : [.. Ascending.Of(entries, isCrowded: true)];
    }
}
