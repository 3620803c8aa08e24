using Fiq.Files;

namespace Fiq.Tests.Doubles.Memory;

/// <summary>An open directory of a disk in memory.</summary>
internal sealed class MemoryDirectory(MemoryDisk disk, MemoryNode node, string path) : IDirectory
{
    private const uint Ext4 = 0xEF53;
    private const uint OwnersAlone = 0b111_000_000;

    public string Path => path;

    public FileIdentity Identity => node.Identity;

    private SortedDictionary<string, MemoryNode> Entries => node.Entries!;

    public IReadOnlyList<string> List()
    {
        lock (disk) return [.. Entries.Keys];
    }

    public EntryStatus? TryStatus(string name) => Find(name)?.Status;

    public IFile? TryOpenFile(string name, bool writable) => Find(name) switch
    {
        null => null,
        { Entries: null } file => new MemoryFile(file, name, writable),
        _ => throw Refused("open", name, Errno.IsADirectory),
    };

    public IFile CreateFile(string name) => new MemoryFile(Add(name, isDirectory: false), name, writable: true);

    public IDirectory? TryOpenDirectory(string name) => Find(name) switch
    {
        null => null,
        { Entries: null } => throw Refused("open", name, Errno.NotADirectory),
        MemoryNode directory => new MemoryDirectory(disk, directory, PathOf(name)),
    };

    public IDirectory CreateDirectory(string name) =>
        new MemoryDirectory(disk, Add(name, isDirectory: true), PathOf(name));

    public void Rename(string from, string to)
    {
        lock (disk)
        {
            disk.Changed();
            MemoryNode moved = Find(from) ?? throw Refused("rename", from, Errno.NoEntry);
            Entries.Remove(from);
            Entries[to] = moved;
        }
    }

    public bool TryRenameNoReplace(string from, string to)
    {
        lock (disk)
        {
            if (Entries.ContainsKey(to)) return false;
            Rename(from, to);
            return true;
        }
    }

    public bool TryLink(string existing, string name)
    {
        lock (disk)
        {
            disk.Changed();
            return Entries.TryAdd(name, Find(existing) ?? throw Refused("link", existing, Errno.NoEntry));
        }
    }

    public bool TryUnlink(string name) => TryRemove(name);

    public bool TryRemoveDirectory(string name) =>
        Find(name) is { Entries.Count: > 0 } ? throw Refused("rmdir", name, Errno.NotEmpty) : TryRemove(name);

    public void Sync()
    {
        // Memory is as durable as this disk gets.
    }

    public long FreeBytes() => long.MaxValue;

    public DirectoryFacts Facts() => new(OwnerUserId: 0, IsOwn: true, OwnersAlone, Ext4);

    public bool TryLockExclusive() => node.TryLock(this, 0, exclusive: true);

    public void Dispose() => node.UnlockAll(this);

    private static FileSystemException Refused(string call, string name, Errno errno) =>
        new(call, name, errno, errno.ToString());

    private MemoryNode? Find(string name)
    {
        lock (disk) return Entries.GetValueOrDefault(EntryName.Checked(name));
    }

    private MemoryNode Add(string name, bool isDirectory)
    {
        lock (disk)
        {
            if (Find(name) is not null) throw Refused("create", name, Errno.Exists);
            disk.Changed();
            return Entries[name] = disk.NewNode(isDirectory);
        }
    }

    private bool TryRemove(string name)
    {
        lock (disk)
        {
            disk.Changed();
            return Entries.Remove(name);
        }
    }

    private string PathOf(string name) => System.IO.Path.Join(path, name);
}
