using Fiq.Files;

namespace Fiq.Tests.Storage;

/// <summary>A directory that counts the bytes read from its files.</summary>
internal sealed class CountingReads(IDirectory inner) : IDirectory
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public string Path => inner.Path;

    public FileIdentity Identity => inner.Identity;

    public IReadOnlyList<string> List() => inner.List();

    public EntryStatus? TryStatus(string name) => inner.TryStatus(name);

    public IFile? TryOpenFile(string name, bool writable) =>
        inner.TryOpenFile(name, writable) is { } file ? new Counted(file, this) : null;

    public IFile CreateFile(string name) => inner.CreateFile(name);

    public IDirectory? TryOpenDirectory(string name) => inner.TryOpenDirectory(name);

    public IDirectory CreateDirectory(string name) => inner.CreateDirectory(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public bool TryRenameNoReplace(string from, string to) => inner.TryRenameNoReplace(from, to);

    public bool TryUnlink(string name) => inner.TryUnlink(name);

    public bool TryRemoveDirectory(string name) => inner.TryRemoveDirectory(name);

    public void Sync() => inner.Sync();

    public long FreeBytes() => inner.FreeBytes();

    public DirectoryFacts Facts() => inner.Facts();

    public bool TryLockExclusive() => inner.TryLockExclusive();

    public void Dispose() => inner.Dispose();

    private sealed class Counted(IFile inner, CountingReads counts) : IFile
    {
        public string Name => inner.Name;

        public FileIdentity Identity => inner.Identity;

        public long Length => inner.Length;

        public long AllocatedBytes => inner.AllocatedBytes;

        public int Read(Span<byte> buffer, long position)
        {
            int read = inner.Read(buffer, position);
            Interlocked.Add(ref counts._bytes, read);
            return read;
        }

        public void Write(ReadOnlySpan<byte> bytes, long position) => inner.Write(bytes, position);

        public void SyncData() => inner.SyncData();

        public void Sync() => inner.Sync();

        public void Allocate(long length) => inner.Allocate(length);

        public void SetLength(long length) => inner.SetLength(length);

        public long? FindData(long position) => inner.FindData(position);

        public bool TryLock(long at, bool exclusive) => inner.TryLock(at, exclusive);

        public void Unlock(long at) => inner.Unlock(at);

        public bool IsLockedByOther(long at) => inner.IsLockedByOther(at);

        public void WaitForUnlock(long at, TimeSpan about) => inner.WaitForUnlock(at, about);

        public ISharedMemory Map(int length, bool writable) => inner.Map(length, writable);

        public void Dispose() => inner.Dispose();
    }
}
