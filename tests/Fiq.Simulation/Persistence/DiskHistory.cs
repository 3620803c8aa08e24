namespace Fiq.Simulation.Persistence;

/// <summary>
/// A disk and all that happened to it since a known, wholly durable beginning. What reads see is <see cref="Now"/>;
/// what a crash may leave is for <see cref="CrashModel"/> to say.
/// </summary>
internal sealed class DiskHistory
{
    // Files that are mapped are written whole, as zeros: those need not be kept one by one.
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly List<DiskEvent> _events = [];

    public DiskHistory(DiskImage start)
    {
        Start = start;
        Now = start.Copy();
    }

    /// <summary>What was on disk at the beginning.</summary>
    public DiskImage Start { get; }

    /// <summary>The page cache: everything that was done, durable or not.</summary>
    public DiskImage Now { get; }

    public IReadOnlyList<DiskEvent> Events => _events;

    /// <summary>How much has happened: the place of a cut after the last event.</summary>
    public int Count => _events.Count;

    public long CreateFile(long directory, string name) => Create(directory, name, isDirectory: false);

    public long CreateDirectory(long directory, string name) => Create(directory, name, isDirectory: true);

    public void Remove(long directory, string name)
    {
        Now.Entries(directory).Remove(name);
        _events.Add(new Removed(directory, name));
    }

    public void Link(long directory, string name, long inode)
    {
        Now.Entries(directory)[name] = inode;
        _events.Add(new Linked(directory, name, inode));
    }

    public void Rename(long directory, string from, string to)
    {
        SortedDictionary<string, long> entries = Now.Entries(directory);
        entries.Remove(from, out long inode);
        entries[to] = inode;
        _events.Add(new Renamed(directory, from, to));
    }

    public void Write(long inode, long position, ReadOnlySpan<byte> bytes)
    {
        Now.File(inode).Write(bytes, position);
        bool isZero = bytes.Length <= Zeros.Length && !bytes.ContainsAnyExcept((byte)0);
        _events.Add(new Written(inode, position, isZero ? Zeros.AsMemory(0, bytes.Length) : bytes.ToArray()));
    }

    public void Store(long inode, long position, ReadOnlySpan<byte> bytes)
    {
        Now.File(inode).Patch(bytes, position);
        _events.Add(new Stored(inode, position, bytes.ToArray()));
    }

    /// <summary>Cuts or extends.</summary>
    public void SetLength(long inode, long length)
    {
        Now.File(inode).SetLength(length);
        _events.Add(new Resized(inode, length));
    }

    /// <summary>Extends to at least this length; shorter ones change nothing.</summary>
    public void Allocate(long inode, long length)
    {
        if (length > Now.File(inode).Length) SetLength(inode, length);
    }

    /// <summary>A sync that returned; one that failed may have made the cache forget what was written.</summary>
    /// <param name="inode">A file or a directory.</param>
    /// <param name="startedAt"><see cref="Count"/> when it was called.</param>
    /// <param name="succeeded">Whether it returned 0.</param>
    /// <param name="onDisk">After a failure that reverts: the content that is durable.</param>
    public void Sync(long inode, int startedAt, bool succeeded, FileContent? onDisk = null)
    {
        if (onDisk is not null) Now.AddFile(inode, onDisk);
        _events.Add(new Synced(inode, startedAt, succeeded, onDisk is not null));
    }

    /// <summary>Whether something of that kind was said.</summary>
    public bool WasTold<T>() => _events.Any(each => each is Told { What: T });

    /// <summary>Notes what was said at this point.</summary>
    public void Tell(object what) => _events.Add(new Told(what));

    private long Create(long directory, string name, bool isDirectory)
    {
        long inode = Now.NextInode++;
        if (isDirectory) Now.AddDirectory(inode);
        else Now.AddFile(inode, new FileContent());
        Now.Entries(directory)[name] = inode;
        _events.Add(new Created(directory, name, inode, isDirectory));
        return inode;
    }
}
