using Fiq.Files;
using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Machine;

/// <summary>An open directory of a simulated machine.</summary>
internal sealed class SimDirectory : IDirectory
{
    // Directories are locked as a whole; this is no byte of theirs.
    private const long WholeLock = -1;

    private readonly SimProcess _process;
    private readonly long _inode;
    private SimFile? _lock;

    public SimDirectory(SimProcess process, long inode, string path)
    {
        _process = process;
        _inode = inode;
        Path = path;
        process.Opened(this);
    }

    public string Path { get; }

    public FileIdentity Identity => new(1, (ulong)_inode);

    private DiskHistory History => _process.Machine.History;

    private SortedDictionary<string, long> Entries => History.Now.Entries(_inode);

    public IReadOnlyList<string> List()
    {
        _process.Ask("list", Path);
        return [.. Entries.Keys];
    }

    public EntryStatus? TryStatus(string name)
    {
        _process.Ask("stat", name);
        if (!Entries.TryGetValue(EntryName.Checked(name), out long inode)) return null;
        var identity = new FileIdentity(1, (ulong)inode);
        return History.Now.IsDirectory(inode)
            ? new EntryStatus(EntryKind.Directory, identity, 0, 1)
            : new EntryStatus(EntryKind.File, identity, History.Now.File(inode).Length, 1);
    }

    public IFile? TryOpenFile(string name, bool writable)
    {
        _process.Ask("open", name);
        if (!Entries.TryGetValue(EntryName.Checked(name), out long inode)) return null;
        if (History.Now.IsDirectory(inode)) throw Error("open", name, Errno.IsADirectory);
        return new SimFile(_process, inode, name, writable);
    }

    public IFile CreateFile(string name)
    {
        _process.Call("create", EntryName.Checked(name));
        if (Entries.ContainsKey(name)) throw Error("create", name, Errno.Exists);
        return new SimFile(_process, History.CreateFile(_inode, name), name, writable: true);
    }

    public IDirectory? TryOpenDirectory(string name)
    {
        _process.Ask("open", name);
        if (!Entries.TryGetValue(EntryName.Checked(name), out long inode)) return null;
        if (!History.Now.IsDirectory(inode)) throw Error("open", name, Errno.NotADirectory);
        return new SimDirectory(_process, inode, $"{Path}/{name}");
    }

    public IDirectory CreateDirectory(string name)
    {
        _process.Call("mkdir", EntryName.Checked(name));
        if (Entries.ContainsKey(name)) throw Error("mkdir", name, Errno.Exists);
        return new SimDirectory(_process, History.CreateDirectory(_inode, name), $"{Path}/{name}");
    }

    public void Rename(string from, string to)
    {
        _process.Call("rename", from);
        if (!Entries.ContainsKey(EntryName.Checked(from))) throw Error("rename", from, Errno.NoEntry);
        History.Rename(_inode, from, EntryName.Checked(to));
    }

    public bool TryRenameNoReplace(string from, string to)
    {
        _process.Call("rename", from);
        if (!Entries.ContainsKey(EntryName.Checked(from))) throw Error("rename", from, Errno.NoEntry);
        if (Entries.ContainsKey(EntryName.Checked(to))) return false;
        History.Rename(_inode, from, to);
        return true;
    }

    public bool TryLink(string existing, string name)
    {
        _process.Call("link", existing);
        if (!Entries.TryGetValue(EntryName.Checked(existing), out long inode))
            throw Error("link", existing, Errno.NoEntry);
        if (Entries.ContainsKey(EntryName.Checked(name))) return false;
        History.Link(_inode, name, inode);
        return true;
    }

    public bool TryUnlink(string name)
    {
        _process.Call("unlink", name);
        if (!Entries.TryGetValue(EntryName.Checked(name), out long inode)) return false;
        if (History.Now.IsDirectory(inode)) throw Error("unlink", name, Errno.IsADirectory);
        History.Remove(_inode, name);
        return true;
    }

    public bool TryRemoveDirectory(string name)
    {
        _process.Call("rmdir", name);
        if (!Entries.TryGetValue(EntryName.Checked(name), out long inode)) return false;
        if (History.Now.Entries(inode).Count > 0) throw Error("rmdir", name, Errno.NotEmpty);
        History.Remove(_inode, name);
        return true;
    }

    public void Sync()
    {
        int startedAt = History.Count;
        try
        {
            _process.Call("fsync", ".");
        }
        catch (FileSystemException)
        {
            _process.Machine.FailWriteBack(_inode);
            throw;
        }

        History.Sync(_inode, startedAt, succeeded: true);
    }

    public long FreeBytes() => 1L << 40;

    public DirectoryFacts Facts() => new(0, IsOwn: true, 0b111_000_000, 0xEF53);

    public bool TryLockExclusive()
    {
        _process.Call("lock", Path);
        _lock ??= new SimFile(_process, _inode, Path, writable: false);
        return _process.Machine.Locks.TryTake(new WaitPlace(_inode, WholeLock), _lock, exclusive: true);
    }

    public void Dispose()
    {
        if (!_process.IsKilled) _process.Look();
        CloseByKernel();
    }

    /// <summary>Closes it without asking the process, which may be dead.</summary>
    public void CloseByKernel()
    {
        _lock?.CloseByKernel();
        _lock = null;
        _process.Closed(this);
    }

    private FileSystemException Error(string call, string name, Errno errno) =>
        new(call, $"{Path}/{name}", errno, errno.ToString());
}
