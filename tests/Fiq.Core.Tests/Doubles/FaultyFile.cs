using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A file whose calls may fail, and whose user may be killed before any of them.</summary>
internal sealed class FaultyFile(IFile inner, Faults faults) : IFile
{
    public string Name => inner.Name;

    public FileIdentity Identity => inner.Identity;

    public long Length => inner.Length;

    public long AllocatedBytes => inner.AllocatedBytes;

    public int Read(Span<byte> buffer, long position)
    {
        faults.Look();
        return inner.Read(buffer, position);
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        faults.Call("write", Name);
        inner.Write(bytes, position);
    }

    public void SyncData()
    {
        faults.Call("fdatasync", Name);
        inner.SyncData();
    }

    public void Sync()
    {
        faults.Call("fsync", Name);
        inner.Sync();
    }

    public void Allocate(long length)
    {
        faults.Call("allocate", Name);
        inner.Allocate(length);
    }

    public void SetLength(long length)
    {
        faults.Call("truncate", Name);
        inner.SetLength(length);
    }

    public long? FindData(long position) => inner.FindData(position);

    public bool TryLock(long at, bool exclusive)
    {
        faults.Effect();
        return inner.TryLock(at, exclusive);
    }

    public void Unlock(long at)
    {
        faults.Call("unlock", Name);
        inner.Unlock(at);
    }

    public bool IsLockedByOther(long at)
    {
        faults.Look();
        return inner.IsLockedByOther(at);
    }

    public void WaitForUnlock(long at, TimeSpan about) => inner.WaitForUnlock(at, about);

    public ISharedMemory Map(int length, bool writable) => new FaultyMemory(inner.Map(length, writable), faults);

    public void Dispose() => inner.Dispose();
}
