using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// The open descriptor of <c>leases</c>, its map, and presence: as long as it lives nobody rebuilds the table.
/// </summary>
internal sealed class GroupAttachment : IDisposable
{
    // Each try ends only because somebody replaced the file meanwhile.
    private const int TriesMax = 10;

    private GroupAttachment(IFile file, ISharedMemory memory, GroupDoor door)
    {
        File = file;
        Memory = memory;
        Door = door;
    }

    public IFile File { get; }

    public ISharedMemory Memory { get; }

    public GroupDoor Door { get; }

    public TableIdentity Identity { get; private set; }

    /// <summary>
    /// Opens and maps the lease table. <paramref name="join"/> runs under the group's lock, after the table has been
    /// found or made whole.
    /// </summary>
    public static GroupAttachment Open(
        IDirectory folder, GroupContext context, GroupOptions options, Action<GroupAttachment, LeaseTable> join)
    {
        for (var i = 0; i < TriesMax; i++)
        {
            var file = folder.TryOpenFile(TableLayout.Name, writable: true);
            if (file is null)
            {
                GroupFiles.CreateLeases(folder, context);
                folder.Sync();
            }
            else if (TryOpen(file, folder, context, options, join) is { } attachment)
            {
                return attachment;
            }
        }

        throw new FiqException(
            ErrorCode.Damaged,
            $"{folder.Path}/{TableLayout.Name} is replaced again and again",
            "Something else writes to the queue's folder: stop it.");
    }

    /// <summary>Throws when the path leads to another file than the mapped one.</summary>
    public void CheckIdentity(IDirectory folder)
    {
        if (!IsNamed(folder))
        {
            throw new FiqException(
                ErrorCode.Damaged,
                $"{folder.Path}/{TableLayout.Name} was deleted or replaced while in use",
                "Stop all consumers of the group, then start them again; the last settlements may come back.");
        }
    }

    public void Dispose()
    {
        Door.Dispose();
        Memory.Dispose();
        File.Dispose();
    }

    private static GroupAttachment? TryOpen(
        IFile file,
        IDirectory folder,
        GroupContext context,
        GroupOptions options,
        Action<GroupAttachment, LeaseTable> join)
    {
        GroupAttachment? attachment = null;
        var attached = false;
        try
        {
            if (TryMap(file) is not { } memory)
            {
                ReplaceForeign(file, folder, context);
                return null;
            }

            var door = new GroupDoor(file, memory, folder.Path, context.Time, options.LockWait);
            attachment = new GroupAttachment(file, memory, door);
            attached = attachment.TryAttach(folder, context, options, join);
            return attached ? attachment : null;
        }
        finally
        {
            if (!attached)
            {
                attachment?.Dispose();
                file.Dispose();
            }
        }
    }

    /// <summary>Null when the file is no whole table: of another length, or with holes after a restore.</summary>
    private static ISharedMemory? TryMap(IFile file)
    {
        try
        {
            return file.Length == TableLayout.Length ? file.Map(TableLayout.Length, writable: true) : null;
        }
        catch (FileSystemException error) when (error.Errno == Errno.InvalidArgument)
        {
            return null;
        }
    }

    /// <summary>A table of another size: of another version, or cut. Replaced when nobody uses it.</summary>
    private static void ReplaceForeign(IFile file, IDirectory folder, GroupContext context)
    {
        if (!file.TryLock(TableLayout.GroupLock, exclusive: true)
            || !file.TryLock(TableLayout.PresenceLock, exclusive: true))
        {
            throw OtherVersion(0);
        }

        if (folder.TryStatus(TableLayout.Name)?.Identity != file.Identity)
            return;
        var temporary = $"{TableLayout.Name}.{context.Random():x16}.new";
        WholeFile.Replace(folder, temporary, TableLayout.Name, [], TableLayout.Length);
        folder.Sync();
    }

    private bool TryAttach(
        IDirectory folder, GroupContext context, GroupOptions options, Action<GroupAttachment, LeaseTable> join)
    {
        using var inside = Door.EnterUnchecked();
        if (!IsNamed(folder))
            return false;
        if (File.TryLock(TableLayout.PresenceLock, exclusive: true))
        {
            Identity = new TableRebuild(folder, context).Run(Memory, inside.Table, options.Ordered);
            File.TryLock(TableLayout.PresenceLock, exclusive: false);
        }
        else
        {
            Identity = ReadShared(context, folder.Path);
        }

        join(this, inside.Table);
        return true;
    }

    private TableIdentity ReadShared(GroupContext context, string path)
    {
        if (!File.TryLock(TableLayout.PresenceLock, exclusive: false))
            throw new BusyException($"the presence lock of group {path}", 0);
        var (version, pid) = TableIdentity.ReadForeign(Memory);
        if (version != TableLayout.Version)
            throw OtherVersion(pid);
        var good = TableIdentity.TryRead(Memory) is { } found
            && found.QueueId == context.QueueId
            && found.BootId == context.BootId
            && RedoRecord.TryReplay(Memory);
        if (!good)
        {
            throw new DamagedException(
                $"{path}/{TableLayout.Name}", 0, TableLayout.StateAt, "its identity does not fit; stop all consumers");
        }

        return TableIdentity.TryRead(Memory)!.Value;
    }

    private bool IsNamed(IDirectory folder) => folder.TryStatus(TableLayout.Name)?.Identity == File.Identity;

    private static FiqException OtherVersion(int pid) => new(
        ErrorCode.Busy,
        pid == 0 ? "another process runs another version of fiq" : $"process {pid} runs another version of fiq",
        "Stop all consumers of the group before you use another version.");
}
