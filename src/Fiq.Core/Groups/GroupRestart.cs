using Fiq.Files;

namespace Fiq.Groups;

/// <summary>Gives a group that nobody has used yet another place to begin at.</summary>
internal static class GroupRestart
{
    /// <summary>
    /// Moves it; false, and nothing changed, when somebody is a member, or when anything was ever taken. The offset
    /// file is replaced under a new generation, so no older lease table counts.
    /// </summary>
    /// <param name="groupFolder">The group.</param>
    /// <param name="context">Its queue.</param>
    /// <param name="start">Where it is to begin.</param>
    /// <param name="wait">How long to wait for the group's lock.</param>
    public static bool TryMove(IDirectory groupFolder, GroupContext context, GroupStart start, TimeSpan wait)
    {
        using var file = groupFolder.TryOpenFile(TableLayout.Name, writable: true);
        if (file is null || file.Length != TableLayout.Length)
            return false;
        using var memory = file.Map(TableLayout.Length, writable: true);
        using var door = new GroupDoor(file, memory, groupFolder.Path, context.Time, wait);
        using var inside = door.EnterUnchecked();
        if (!file.TryLock(TableLayout.PresenceLock, exclusive: true))
            return false;
        var offsets = TableRebuild.ReadOffsets(groupFolder, context.QueueId, context.NameHash);
        var old = TableRebuild.TryReadOld(memory, context, offsets.Header.Generation, groupFolder.Path);
        var cursor = Math.Max(offsets.Sums.Cursor, old?.Cursor ?? 0);
        // Written once, when the group was made, and nothing taken since.
        if (offsets.End.Sequence != 1 || cursor != offsets.Sums.Cursor)
            return false;
        var header = offsets.Header with { Generation = offsets.Header.Generation + 1 };
        using var writer = new OffsetFileWriter(groupFolder, header);
        writer.Replace(
            sequence: 1,
            new OffsetSums(start.Offset, start.Offset, start.Offset, start.SettledMicroseconds),
            new OffsetSet());
        return true;
    }
}
