using Fiq.Files;

namespace Fiq.Groups;

/// <summary>For those who only look: takes no lock and writes nothing.</summary>
internal static class GroupReader
{
    // A table is built within milliseconds.
    private const int TriesMax = 100;

    /// <summary>
    /// The group as it stands: from the live table when a member is attached, otherwise as it would come back.
    /// </summary>
    public static GroupStatus Read(IDirectory groupFolder, GroupContext context, long readable)
    {
        using var file = groupFolder.TryOpenFile(TableLayout.Name, writable: false);
        if (file is null || file.Length != TableLayout.Length)
            return ReadOffsetsOnly(groupFolder, context, readable);
        using var memory = file.Map(TableLayout.Length, writable: false);
        var spin = default(SpinWait);
        for (var i = 0; i < TriesMax && file.IsLockedByOther(TableLayout.PresenceLock); i++)
        {
            if (TryReadLive(file, memory, context, readable, groupFolder.Path) is { } status)
                return status;
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return ReadUnattached(groupFolder, context, memory, readable);
    }

    /// <summary>Whether somebody is a member now.</summary>
    public static bool HasMembers(IDirectory groupFolder)
    {
        using var file = groupFolder.TryOpenFile(TableLayout.Name, writable: false);
        return file is not null && file.IsLockedByOther(TableLayout.PresenceLock);
    }

    /// <summary>
    /// The floor that is on disk: messages below may be deleted. What a table of this boot has published counts where
    /// there is one, because a record of the offset file may have failed to reach the disk and still be read back;
    /// after a reboot what is read is what is there.
    /// </summary>
    public static long ReadDurableFloor(IDirectory groupFolder, GroupContext context)
    {
        // Whoever replaced the offset file may have died before its name was durable.
        groupFolder.Sync();
        var floor = ReadOffsets(groupFolder, context).Sums.Floor;
        using var file = groupFolder.TryOpenFile(TableLayout.Name, writable: false);
        if (file is null || file.Length != TableLayout.Length)
            return floor;
        using var memory = file.Map(TableLayout.Length, writable: false);
        var isOurs = TableIdentity.TryRead(memory) is { } identity
            && identity.QueueId == context.QueueId
            && identity.BootId == context.BootId;
        return isOurs
            ? Math.Min(floor, (long)memory.Load64(TableLayout.StateWordAt(TableWord.DurableFloor)))
            : floor;
    }

    /// <summary>
    /// The cursor that the offset file states: only messages that were durable were ever taken, so every offset below
    /// it was.
    /// </summary>
    public static long ReadProven(IDirectory groupFolder, GroupContext context) =>
        ReadOffsets(groupFolder, context).Sums.Cursor;

    private static OffsetFileContent ReadOffsets(IDirectory groupFolder, GroupContext context) =>
        TableRebuild.ReadOffsets(groupFolder, context.QueueId, context.NameHash);

    /// <summary>What the offset file keeps of a message's last failure; null when it never failed.</summary>
    public static RetryNote? ReadRetry(IDirectory groupFolder, GroupContext context, long offset) =>
        ReadOffsets(groupFolder, context).Retries.TryGetValue(offset, out var note) ? note : null;

    private static GroupStatus ReadOffsetsOnly(IDirectory groupFolder, GroupContext context, long readable)
    {
        var clock = new GroupClock(context.Time);
        return GroupView.Of(RecoveredGroup.Of(ReadOffsets(groupFolder, context), clock), readable, clock);
    }

    private static GroupStatus? TryReadLive(
        IFile file, ISharedMemory memory, GroupContext context, long readable, string path)
    {
        using var image = TableImage.Copy(memory);
        if (TableIdentity.TryRead(image) is not { } identity)
            return null;
        return TableRebuild.TryReadOld(image, context, identity.Generation, path) is { } table
            ? GroupView.Of(table, readable, new GroupClock(context.Time), slot =>
                !file.IsLockedByOther(TableLayout.SlotLocks + slot))
            : null;
    }

    private static GroupStatus ReadUnattached(
        IDirectory folder, GroupContext context, ISharedMemory memory, long readable)
    {
        var offsets = ReadOffsets(folder, context);
        using var image = TableImage.CopyUnattached(memory);
        var table = TableRebuild.TryReadOld(image, context, offsets.Header.Generation, folder.Path);
        var clock = new GroupClock(context.Time);
        var group = table is null ? RecoveredGroup.Of(offsets, clock) : RecoveredGroup.Of(offsets, table, clock);
        return GroupView.Of(group, readable, clock);
    }
}
