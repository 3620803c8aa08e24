using Fiq.Files;

namespace Fiq.Tests.Doubles.Memory;

/// <summary>A file or a directory of a disk in memory, whatever its name: what an inode is.</summary>
internal sealed class MemoryNode
{
    private const ulong Device = 7;

    private readonly MemoryDisk _disk;
    private readonly Dictionary<long, HashSet<object>> _locks = [];

    // A lock that is held alone has its holder here, too.
    private readonly Dictionary<long, object> _alone = [];

    public MemoryNode(MemoryDisk disk, ulong inode, bool isDirectory)
    {
        _disk = disk;
        Identity = new FileIdentity(Device, inode);
        Entries = isDirectory ? [] : null;
    }

    public FileIdentity Identity { get; }

    /// <summary>The names in a directory; null for a file.</summary>
    public SortedDictionary<string, MemoryNode>? Entries { get; }

    /// <summary>The bytes of a file.</summary>
    public MemoryBytes Bytes { get; set; } = new();

    /// <summary>Bytes of it that the medium does not give back; null when all are well.</summary>
    public (long From, long To)? Unreadable { get; set; }

    public EntryStatus Status => new(
        Entries is null ? EntryKind.File : EntryKind.Directory, Identity, Bytes.Length, LinkCount: 1);

    /// <summary>Somebody is about to change something.</summary>
    public void Changed() => _disk.Changed();

    /// <summary>The same file or tree on another disk, without its locks: a boot later.</summary>
    public MemoryNode CopyTo(MemoryDisk disk)
    {
        var copy = new MemoryNode(disk, Identity.Inode, Entries is not null)
        {
            Bytes = Bytes.Copy(),
            Unreadable = Unreadable,
        };
        foreach ((string name, MemoryNode entry) in Entries ?? []) copy.Entries!.Add(name, entry.CopyTo(disk));
        return copy;
    }

    public bool TryLock(object holder, long at, bool exclusive)
    {
        lock (_locks)
        {
            if (IsLockedByOther(holder, at, exclusive)) return false;
            if (!_locks.TryGetValue(at, out HashSet<object>? holders)) _locks[at] = holders = [];
            holders.Add(holder);
            if (exclusive) _alone[at] = holder;
            else _alone.Remove(at);
            return true;
        }
    }

    public void Unlock(object holder, long at)
    {
        lock (_locks)
        {
            if (!_locks.TryGetValue(at, out HashSet<object>? holders) || !holders.Remove(holder)) return;
            _alone.Remove(at);
        }
    }

    public void UnlockAll(object holder)
    {
        lock (_locks)
            foreach (long at in _locks.Keys)
                Unlock(holder, at);
    }

    /// <summary>Whether a lock of somebody else stands in the way of one of this kind.</summary>
    public bool IsLockedByOther(object holder, long at, bool exclusive)
    {
        lock (_locks)
        {
            if (!_locks.TryGetValue(at, out HashSet<object>? holders)) return false;
            bool alone = _alone.TryGetValue(at, out object? owner) && owner != holder;
            return alone || (exclusive && holders.Any(other => other != holder));
        }
    }
}
