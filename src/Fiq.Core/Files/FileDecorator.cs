namespace Fiq.Files;

/// <summary>A file that is another one in everything that is not overridden.</summary>
internal abstract class FileDecorator(IFile inner) : IFile
{
    public string Name => inner.Name;

    public FileIdentity Identity => inner.Identity;

    public virtual long Length => inner.Length;

    public virtual long AllocatedBytes => inner.AllocatedBytes;

    /// <summary>The other one.</summary>
    protected IFile Inner => inner;

    public virtual int Read(Span<byte> buffer, long position) => inner.Read(buffer, position);

    public virtual void Write(ReadOnlySpan<byte> bytes, long position) => inner.Write(bytes, position);

    public virtual void SyncData() => inner.SyncData();

    public virtual void Sync() => inner.Sync();

    public virtual void Allocate(long length) => inner.Allocate(length);

    public virtual void SetLength(long length) => inner.SetLength(length);

    public virtual long? FindData(long position) => inner.FindData(position);

    public virtual bool TryLock(long at, bool exclusive) => inner.TryLock(at, exclusive);

    public virtual void Unlock(long at) => inner.Unlock(at);

    public virtual bool IsLockedByOther(long at) => inner.IsLockedByOther(at);

    public virtual void WaitForUnlock(long at, TimeSpan about) => inner.WaitForUnlock(at, about);

    public virtual ISharedMemory Map(int length, bool writable) => inner.Map(length, writable);

    public virtual void Dispose() => inner.Dispose();
}
