using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Doctor;

/// <summary>What is wrong with a disk.</summary>
public enum Twist
{
    None,
    LocksExcludeNobody,
    LocksOutliveTheirHolder,
    UpgradesLoseTheLock,
    RenameUnlinksFirst,
    NoReplaceReplaces,
    PagesArePrivate,
    WritesMissThePage,
    WakeUpsAreLost,
    ErrorsHaveOneNumber,
    NothingIsAllocated,
    SyncsFail,
    FoldersCannotBeSynced,
}

/// <summary>A real file system on which one thing does not hold.</summary>
internal sealed class TwistedDisk(IFileSystem inner, Twist twist) : IFileSystem
{
    public Guid BootId => inner.BootId;

    public IDirectory OpenDirectory(string path) => new TwistedFolder(inner.OpenDirectory(path), twist);

    public IDirectory CreateDirectory(string path) => new TwistedFolder(inner.CreateDirectory(path), twist);
}

internal sealed class TwistedFolder(IDirectory inner, Twist twist) : DirectoryDecorator(inner)
{
    private int _looks;
    private bool _wasSeen;

    public override EntryStatus? TryStatus(string name)
    {
        EntryStatus? status = Inner.TryStatus(name);
        Interlocked.Increment(ref _looks);
        return status;
    }

    public override IFile? TryOpenFile(string name, bool writable) =>
        Inner.TryOpenFile(name, writable) is { } file ? new TwistedFile(file, twist) : null;

    public override IFile CreateFile(string name) => new TwistedFile(Inner.CreateFile(name), twist);

    public override IDirectory? TryOpenDirectory(string name) =>
        Inner.TryOpenDirectory(name) is { } folder ? new TwistedFolder(folder, twist) : null;

    public override IDirectory CreateDirectory(string name) =>
        Numbered(() => new TwistedFolder(Inner.CreateDirectory(name), twist));

    public override void Rename(string from, string to)
    {
        if (twist == Twist.RenameUnlinksFirst)
        {
            Inner.TryUnlink(to);
            // Long enough for whoever looks to have begun and ended a look; once is enough.
            int before = Volatile.Read(ref _looks);
            if (!_wasSeen) SpinWait.SpinUntil(() => Volatile.Read(ref _looks) > before + 1, TimeSpan.FromMinutes(1));
            _wasSeen = true;
        }

        Inner.Rename(from, to);
    }

    public override bool TryRenameNoReplace(string from, string to)
    {
        if (twist != Twist.NoReplaceReplaces) return Inner.TryRenameNoReplace(from, to);
        Inner.Rename(from, to);
        return true;
    }

    public override void Sync()
    {
        if (twist == Twist.FoldersCannotBeSynced)
            throw new FileSystemException("fsync", Path, Errno.InvalidArgument, "injected");
        Inner.Sync();
    }

    private T Numbered<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (FileSystemException error) when (twist == Twist.ErrorsHaveOneNumber)
        {
            throw new FileSystemException(error.Call, error.Path, Errno.InputOutput, "all errors are one");
        }
    }
}

internal sealed class TwistedFile(IFile inner, Twist twist) : FileDecorator(inner)
{
    // A lock server that never hears of a client's end.
    private static readonly HashSet<(FileIdentity, long)> Orphans = [];

    private readonly HashSet<long> _held = [];

    public override void Write(ReadOnlySpan<byte> bytes, long position)
    {
        bool isLost = twist == Twist.WritesMissThePage && position == 16;
        if (!isLost) Inner.Write(bytes, position);
    }

    public override void SyncData()
    {
        if (twist == Twist.SyncsFail) throw new FileSystemException("fdatasync", Name, Errno.InputOutput, "injected");
        Inner.SyncData();
    }

    public override void Allocate(long length)
    {
        if (twist != Twist.NothingIsAllocated) Inner.Allocate(length);
    }

    public override bool TryLock(long at, bool exclusive)
    {
        if (twist == Twist.LocksExcludeNobody) return true;
        lock (Orphans)
        {
            if (Orphans.Contains((Identity, at))) return false;
        }

        bool locked = Inner.TryLock(at, exclusive);
        if (locked) _held.Add(at);
        else if (twist == Twist.UpgradesLoseTheLock && _held.Remove(at)) Inner.Unlock(at);
        return locked;
    }

    public override void Unlock(long at)
    {
        _held.Remove(at);
        Inner.Unlock(at);
    }

    public override ISharedMemory Map(int length, bool writable)
    {
        ISharedMemory page = Inner.Map(length, writable);
        return twist is Twist.PagesArePrivate or Twist.WakeUpsAreLost ? new TwistedPage(page, twist) : page;
    }

    public override void Dispose()
    {
        lock (Orphans)
        {
            if (twist == Twist.LocksOutliveTheirHolder)
                foreach (long at in _held) Orphans.Add((Identity, at));
        }

        base.Dispose();
    }
}

internal sealed class TwistedPage(ISharedMemory inner, Twist twist) : ISharedMemory
{
    private readonly Dictionary<int, ulong> _own = [];

    public int Length => inner.Length;

    public ulong Load64(int at) => twist == Twist.PagesArePrivate ? _own.GetValueOrDefault(at) : inner.Load64(at);

    public void Store64(int at, ulong value)
    {
        if (twist == Twist.PagesArePrivate) _own[at] = value;
        else inner.Store64(at, value);
    }

    public uint Load32(int at) => twist == Twist.PagesArePrivate ? (uint)Load64(at) : inner.Load32(at);

    public void Store32(int at, uint value)
    {
        if (twist == Twist.PagesArePrivate) Store64(at, value);
        else inner.Store32(at, value);
    }

    public uint Exchange32(int at, uint value) => inner.Exchange32(at, value);

    public uint Add32(int at, uint value) => inner.Add32(at, value);

    public ulong Or64(int at, ulong bits) => inner.Or64(at, bits);

    public ulong And64(int at, ulong bits) => inner.And64(at, bits);

    public void Read(int at, Span<byte> buffer) => inner.Read(at, buffer);

    public void Write(int at, ReadOnlySpan<byte> bytes) => inner.Write(at, bytes);

    public void Fence() => inner.Fence();

    public void Wait(int at, uint expected, TimeSpan timeout) => inner.Wait(at, expected, timeout);

    public void WakeAll(int at)
    {
        if (twist != Twist.WakeUpsAreLost) inner.WakeAll(at);
    }

    public void Dispose() => inner.Dispose();
}
