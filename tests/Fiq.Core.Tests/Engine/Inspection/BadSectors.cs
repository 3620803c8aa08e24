using Fiq.Files;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>A file system on a disk with bytes, in some files, that answer every read with an error.</summary>
internal sealed class BadSectors(IFileSystem inner, Func<string, bool> isOn, long from, long to) : IFileSystem
{
    public Guid BootId => inner.BootId;

    public IDirectory OpenDirectory(string path) => new Folder(inner.OpenDirectory(path), this);

    public IDirectory CreateDirectory(string path) => new Folder(inner.CreateDirectory(path), this);

    private void Check(string name, long position, int length)
    {
        if (isOn(name) && position < to && position + length > from)
            throw new FileSystemException("pread", name, Errno.InputOutput, "Input/output error");
    }

    private sealed class Folder(IDirectory inner, BadSectors disk) : IDirectory
    {
        public string Path => inner.Path;

        public FileIdentity Identity => inner.Identity;

        public IReadOnlyList<string> List() => inner.List();

        public EntryStatus? TryStatus(string name) => inner.TryStatus(name);

        public IFile? TryOpenFile(string name, bool writable) =>
            inner.TryOpenFile(name, writable) is { } file ? new Sectors(file, disk) : null;

        public IFile CreateFile(string name) => inner.CreateFile(name);

        public IDirectory? TryOpenDirectory(string name) =>
            inner.TryOpenDirectory(name) is { } folder ? new Folder(folder, disk) : null;

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
    }

    private sealed class Sectors(IFile inner, BadSectors disk) : IFile
    {
        public string Name => inner.Name;

        public FileIdentity Identity => inner.Identity;

        public long Length => inner.Length;

        public long AllocatedBytes => inner.AllocatedBytes;

        public int Read(Span<byte> buffer, long position)
        {
            disk.Check(Name, position, (int)Math.Min(buffer.Length, Math.Max(0, Length - position)));
            return inner.Read(buffer, position);
        }

        public void Write(ReadOnlySpan<byte> bytes, long position) => inner.Write(bytes, position);

        public void SyncData() => inner.SyncData();

        public void Sync() => inner.Sync();

        public void Allocate(long length) => inner.Allocate(length);

        public void SetLength(long length) => inner.SetLength(length);

        public long? FindData(long position) => inner.FindData(position);

        public bool TryLock(long at, bool exclusive) => inner.TryLock(at, exclusive);

        public void Unlock(long at) => inner.Unlock(at);

        public void WaitForUnlock(long at, TimeSpan about) => inner.WaitForUnlock(at, about);

        public bool IsLockedByOther(long at) => inner.IsLockedByOther(at);

        public ISharedMemory Map(int length, bool writable) => inner.Map(length, writable);

        public void Dispose() => inner.Dispose();
    }
}
