namespace Fiq.Files;

/// <summary>A directory of the real file system, by its descriptor.</summary>
internal sealed class PosixDirectory : IDirectory
{
    private readonly Descriptor _descriptor;
    private volatile bool _locked;

    /// <summary>Takes over an open descriptor.</summary>
    public PosixDirectory(Descriptor descriptor, string path)
    {
        _descriptor = descriptor;
        Path = path;
        Identity = FileStatus.Of(descriptor, path).Identity;
    }

    public string Path { get; }

    public FileIdentity Identity { get; }

    public IReadOnlyList<string> List() => PosixListing.Names(_descriptor, Path);

    public EntryStatus? TryStatus(string name) =>
        FileStatus.TryOf(_descriptor, EntryName.Checked(name), PathOf(name)) is { } status
            ? new EntryStatus(status.Kind, status.Identity, status.Length, status.LinkCount)
            : null;

    public IFile? TryOpenFile(string name, bool writable)
    {
        string path = PathOf(EntryName.Checked(name));
        Descriptor? open = PosixOpening.TryFile(_descriptor, name, writable, path);
        return open is null ? null : new PosixFile(open, name, path);
    }

    public IFile CreateFile(string name)
    {
        string path = PathOf(EntryName.Checked(name));
        return new PosixFile(PosixOpening.NewFile(_descriptor, name, path), name, path);
    }

    public IDirectory? TryOpenDirectory(string name)
    {
        string path = PathOf(EntryName.Checked(name));
        Descriptor? open = PosixOpening.TryInnerDirectory(_descriptor, name, path);
        return open is null ? null : new PosixDirectory(open, path);
    }

    public IDirectory CreateDirectory(string name)
    {
        string path = PathOf(EntryName.Checked(name));
        Descriptor open = PosixOpening.TryNewDirectory(_descriptor, name, path)
            ?? throw SystemError.Of("mkdir", path, Errno.Exists);
        return new PosixDirectory(open, path);
    }

    public void Rename(string from, string to)
    {
        if (!TryRename(from, to, 0)) throw SystemError.Of("rename", PathOf(to), Errno.Exists);
    }

    public bool TryRenameNoReplace(string from, string to) => TryRename(from, to, Abi.RenameNoReplace);

    public bool TryLink(string existing, string name)
    {
        string path = PathOf(EntryName.Checked(existing));
        EntryName.Checked(name);
        while (LibcDirectories.Link(_descriptor, existing, _descriptor, name, flags: 0) != 0)
        {
            if (SystemError.Last == Errno.Exists) return false;
            if (!SystemError.IsInterrupted) throw SystemError.Of("link", path);
        }

        return true;
    }

    public bool TryUnlink(string name) => TryRemove(name, 0, "unlink");

    public bool TryRemoveDirectory(string name) => TryRemove(name, Abi.RemoveDirectory, "rmdir");

    public void Sync()
    {
        // As for files, an interrupted sync is a failed one: only 0 says that the entries are on disk.
        if (LibcFiles.Sync(_descriptor) != 0) throw SystemError.Of("fsync", Path);
    }

    public long FreeBytes()
    {
        FileSystemBuffer status = AskFileSystem();
        return BytesOf(status, status.BlocksAvailable);
    }

    public DirectoryFacts Facts()
    {
        FileStatus status = FileStatus.Of(_descriptor, Path);
        FileSystemBuffer system = AskFileSystem();
        return new DirectoryFacts(
            status.OwnerUserId,
            PosixOpening.IsOurs(status.OwnerUserId),
            status.Mode,
            unchecked((uint)system.Type))
        {
            TotalBytes = BytesOf(system, system.Blocks),
        };
    }

    public bool TryLockExclusive()
    {
        // Locks of a description need a descriptor open for writing, which a directory never is; flock does not.
        while (LibcLocks.Whole(_descriptor, Abi.LockExclusive | Abi.LockNonBlocking) != 0)
        {
            if (SystemError.Last == Errno.TryAgain) return false;
            if (!SystemError.IsInterrupted) throw SystemError.Of("flock", Path);
        }

        _locked = true;
        return true;
    }

    public void Dispose()
    {
        // A child between fork and exec still has a copy of the descriptor, which would keep the lock a moment.
        if (_locked && !_descriptor.IsClosed) LibcLocks.Whole(_descriptor, Abi.LockUnlock);
        _locked = false;
        _descriptor.Dispose();
    }

    private static long BytesOf(in FileSystemBuffer status, ulong blocks)
    {
        long unit = status.FragmentSize > 0 ? status.FragmentSize : status.BlockSize;
        UInt128 bytes = (UInt128)blocks * (ulong)unit;
        return bytes > long.MaxValue ? long.MaxValue : (long)bytes;
    }

    private string PathOf(string name) => System.IO.Path.Join(Path, name);

    private unsafe FileSystemBuffer AskFileSystem()
    {
        FileSystemBuffer status = default;
        while (LibcFiles.FileSystem(_descriptor, &status) != 0)
            if (!SystemError.IsInterrupted)
                throw SystemError.Of("fstatfs", Path);
        return status;
    }

    private bool TryRename(string from, string to, uint flags)
    {
        string path = PathOf(EntryName.Checked(from));
        EntryName.Checked(to);
        while (LibcDirectories.Rename(Abi.CallRename, _descriptor, from, _descriptor, to, flags) != 0)
        {
            if (SystemError.Last == Errno.Exists) return false;
            if (!SystemError.IsInterrupted) throw SystemError.Of("rename", path);
        }

        return true;
    }

    private bool TryRemove(string name, int flags, string call)
    {
        string path = PathOf(EntryName.Checked(name));
        while (LibcDirectories.Unlink(_descriptor, name, flags) != 0)
        {
            if (SystemError.Last == Errno.NoEntry) return false;
            if (!SystemError.IsInterrupted) throw SystemError.Of(call, path);
        }

        return true;
    }
}
