namespace Fiq.Files;

/// <summary>What the kernel says about a file, open or by name.</summary>
internal readonly record struct FileStatus(
    EntryKind Kind,
    bool IsLink,
    FileIdentity Identity,
    long Length,
    long AllocatedBytes,
    int LinkCount,
    uint OwnerUserId,
    uint Mode)
{
    // Type, mode, links, owner, inode, size and blocks; times are not asked for.
    private const uint Wanted = 0x1 | 0x2 | 0x4 | 0x8 | 0x100 | 0x200 | 0x400;

    private const uint TypeMask = 0xF000;
    private const uint TypeLink = 0xA000;
    private const uint TypeFile = 0x8000;
    private const uint TypeDirectory = 0x4000;

    /// <summary>The status of an open file or directory.</summary>
    public static FileStatus Of(Descriptor open, string path) =>
        TryGet(open, "", Abi.EmptyPath, path) ?? throw SystemError.Of("statx", path, Errno.NoEntry);

    /// <summary>The status of a name in a directory, links not followed; null when there is none.</summary>
    public static FileStatus? TryOf(Descriptor directory, string name, string path) =>
        TryGet(directory, name, Abi.SymlinkNoFollow, path);

    private static unsafe FileStatus? TryGet(Descriptor directory, string name, int flags, string path)
    {
        StatusBuffer buffer = default;
        while (LibcFiles.Status(directory, name, flags, Wanted, &buffer) != 0)
        {
            if (SystemError.Last == Errno.NoEntry) return null;
            if (!SystemError.IsInterrupted) throw SystemError.Of("statx", path);
        }

        if ((buffer.Mask & Wanted) != Wanted) throw SystemError.Of("statx", path, Errno.NotSupported);
        return From(buffer);
    }

    private static FileStatus From(in StatusBuffer buffer) => new(
        (buffer.Mode & TypeMask) switch
        {
            TypeFile => EntryKind.File,
            TypeDirectory => EntryKind.Directory,
            _ => EntryKind.Other,
        },
        (buffer.Mode & TypeMask) == TypeLink,
        new FileIdentity(((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Inode),
        checked((long)buffer.Size),
        checked((long)buffer.Blocks * 512),
        checked((int)buffer.LinkCount),
        buffer.OwnerUserId,
        buffer.Mode & Abi.ModePermissions);
}
