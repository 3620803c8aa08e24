using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// A group of which nobody is a member, and nobody can become one while this is open: holds the group's lock and
/// presence exclusively. What replaces the offset file here does so under a new generation, so that no older lease
/// table counts.
/// </summary>
internal sealed class GroupAlone : IDisposable
{
    private readonly IDirectory _folder;
    private readonly IFile _file;
    private readonly ISharedMemory _memory;
    private readonly GroupDoor _door;
    private readonly GroupDoor.Inside _inside;
    private readonly OffsetFileContent _offsets;
    private readonly LeaseTable? _table;
    private readonly GroupClock _clock;

    private GroupAlone(IDirectory folder, GroupContext context, IFile file, TimeSpan wait, out bool isAlone)
    {
        _folder = folder;
        _file = file;
        _clock = new GroupClock(context.Time);
        _memory = file.Map(TableLayout.Length, writable: true);
        _door = new GroupDoor(file, _memory, folder.Path, context.Time, wait);
        _inside = _door.EnterUnchecked();
        try
        {
            isAlone = file.TryLock(TableLayout.PresenceLock, exclusive: true);
            _offsets = TableRebuild.ReadOffsets(folder, context.QueueId, context.NameHash);
            var generation = _offsets.Header.Generation;
            _table = isAlone ? TableRebuild.TryReadOld(_memory, context, generation, folder.Path) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether nothing was ever taken from it since it was made or moved.</summary>
    public bool IsUnused =>
        _offsets.End.Sequence == 1 && Math.Max(_offsets.Sums.Cursor, _table?.Cursor ?? 0) == _offsets.Sums.Cursor;

    /// <summary>
    /// Opens it; null when somebody is a member, or when its lease table is of another version.
    /// </summary>
    /// <param name="groupFolder">The group.</param>
    /// <param name="context">Its queue.</param>
    /// <param name="wait">How long to wait for the group's lock.</param>
    public static GroupAlone? TryEnter(IDirectory groupFolder, GroupContext context, TimeSpan wait)
    {
        if (groupFolder.TryStatus(TableLayout.Name) is null)
            GroupFiles.CreateLeases(groupFolder, context);
        var file = groupFolder.TryOpenFile(TableLayout.Name, writable: true);
        if (file is null || file.Length != TableLayout.Length)
        {
            file?.Dispose();
            return null;
        }

        GroupAlone? alone = null;
        var entered = false;
        try
        {
            alone = new GroupAlone(groupFolder, context, file, wait, out entered);
            return entered ? alone : null;
        }
        finally
        {
            if (alone is null)
                file.Dispose();
            else if (!entered)
                alone.Dispose();
        }
    }

    /// <summary>The group as it would come back.</summary>
    public RecoveredGroup Read() =>
        _table is null ? RecoveredGroup.Of(_offsets, _clock) : RecoveredGroup.Of(_offsets, _table, _clock);

    /// <summary>Lets it begin at a place: all below is settled, nothing else. Durable when it returns.</summary>
    public void BeginAt(GroupStart start) =>
        Replace(new OffsetSums(start.Offset, start.Offset, start.Offset, start.SettledMicroseconds), new OffsetSet());

    /// <summary>What it has not settled below an offset, ascending.</summary>
    public IReadOnlyList<OffsetRun> UnsettledBelow(long offset)
    {
        var group = Read();
        var unsettled = new OffsetSet();
        foreach (var entry in group.Entries)
            unsettled.AddMask(entry.Start, entry.Pending);
        unsettled.AddRun(new OffsetRun(group.Cursor, Math.Max(group.Cursor, offset)));
        return unsettled.Below(offset);
    }

    public void Dispose()
    {
        try
        {
            // Not left to the closing: a child between fork and exec has a copy of the descriptor.
            _file.Unlock(TableLayout.PresenceLock);
            _inside.Dispose();
        }
        finally
        {
            _door.Dispose();
            _memory.Dispose();
            _file.Dispose();
        }
    }

    private void Replace(in OffsetSums sums, OffsetSet settled)
    {
        var header = _offsets.Header with { Generation = _offsets.Header.Generation + 1 };
        using var writer = new OffsetFileWriter(_folder, header);
        writer.Replace(sequence: 1, sums, settled);
    }
}
