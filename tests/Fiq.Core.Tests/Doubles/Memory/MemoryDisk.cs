using Fiq.Files;

namespace Fiq.Tests.Doubles.Memory;

/// <summary>
/// A disk in memory that can be copied in microseconds, so that every bit of what lies on it can be tried. Whoever
/// opens it does what it would do on a real one: the calls, the locks and the mapped pages are all there.
/// </summary>
internal sealed class MemoryDisk : IFileSystem
{
    private readonly MemoryNode _root;
    private long _changes;
    private ulong _nextInode = 2;

    public MemoryDisk() => _root = new MemoryNode(this, 1, isDirectory: true);

    private MemoryDisk(MemoryDisk original)
    {
        _root = original._root.CopyTo(this);
        _nextInode = original._nextInode;
        BootId = original.BootId;
    }

    public Guid BootId { get; set; } = new("5f1f7f6e-0000-4000-8000-000000000001");

    /// <summary>Calls that changed something, and stores into mapped pages, so far.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>The same disk a moment later, with nobody on it. The original is not to be changed any more.</summary>
    public MemoryDisk Copy() => new(this);

    public IDirectory OpenDirectory(string path) => new MemoryDirectory(
        this, Find(path) ?? throw new FileSystemException("open", path, Errno.NoEntry, "no such directory"), path);

    public IDirectory CreateDirectory(string path)
    {
        MemoryNode at = _root;
        foreach (string part in Parts(path))
        {
            if (!at.Entries!.TryGetValue(part, out MemoryNode? next)) at.Entries[part] = next = NewNode(true);
            at = next;
        }

        return new MemoryDirectory(this, at, path);
    }

    /// <summary>What has that path.</summary>
    public MemoryNode? Find(string path)
    {
        MemoryNode? at = _root;
        foreach (string part in Parts(path)) at = at?.Entries?.GetValueOrDefault(part);
        return at;
    }

    /// <summary>The bytes of the file of that path.</summary>
    public MemoryBytes BytesOf(string path) =>
        Find(path)?.Bytes ?? throw new InvalidOperationException($"no file {path}");

    /// <summary>A file's bytes, copied.</summary>
    public byte[] Read(string path)
    {
        MemoryBytes bytes = BytesOf(path);
        byte[] copy = new byte[bytes.Length];
        bytes.Read(copy, 0);
        return copy;
    }

    /// <summary>Puts a file there, or in the place of one, under an identity of its own unless it was there.</summary>
    public void Put(string path, ReadOnlySpan<byte> bytes)
    {
        MemoryNode parent = Find(Path.GetDirectoryName(path)!)!;
        string name = Path.GetFileName(path);
        if (!parent.Entries!.TryGetValue(name, out MemoryNode? file)) parent.Entries[name] = file = NewNode(false);
        file.Bytes = new MemoryBytes();
        file.Bytes.Write(bytes, 0);
    }

    public void Remove(string path) => Find(Path.GetDirectoryName(path)!)!.Entries!.Remove(Path.GetFileName(path));

    /// <summary>Every file below a path, in order.</summary>
    public IEnumerable<(string Path, MemoryBytes Bytes)> Files(string path = "/")
    {
        MemoryNode node = Find(path)!;
        if (node.Entries is null) return [(path, node.Bytes)];
        return node.Entries.Keys.ToArray().SelectMany(name => Files(Path.Join(path, name)));
    }

    public void Changed() => Interlocked.Increment(ref _changes);

    public MemoryNode NewNode(bool isDirectory) => new(this, Interlocked.Increment(ref _nextInode), isDirectory);

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
