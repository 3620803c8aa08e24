using Fiq.Files;

namespace Fiq.Tests.Doubles.Memory;

/// <summary>An open file of a disk in memory; its locks are its own, as those of a description are.</summary>
internal sealed class MemoryFile(MemoryNode node, string name, bool writable) : IFile
{
    public string Name => name;

    public FileIdentity Identity => node.Identity;

    public long Length => node.Bytes.Length;

    public long AllocatedBytes => node.Bytes.Allocated;

    public int Read(Span<byte> buffer, long position)
    {
        if (node.Unreadable is (long from, long to) && position < to && position + buffer.Length > from)
            throw new FileSystemException("pread", name, Errno.InputOutput, "injected");
        return node.Bytes.Read(buffer, position);
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        Changing();
        node.Bytes.Write(bytes, position);
    }

    public void SyncData()
    {
        // Memory is as durable as this disk gets.
    }

    public void Sync()
    {
        // As above.
    }

    public void Allocate(long length)
    {
        Changing();
        node.Bytes.Extend(length);
    }

    public void SetLength(long length)
    {
        Changing();
        node.Bytes.SetLength(length);
    }

    public long? FindData(long position) => node.Bytes.FindWritten(position);

    public bool TryLock(long at, bool exclusive) => node.TryLock(this, at, exclusive);

    public void Unlock(long at) => node.Unlock(this, at);

    public bool IsLockedByOther(long at) => node.IsLockedByOther(this, at, exclusive: true);

    public void WaitForUnlock(long at, TimeSpan about) => Thread.Yield();

    public ISharedMemory Map(int length, bool writable)
    {
        if (node.Bytes.Length < length)
            throw new FileSystemException("mmap", name, Errno.InvalidArgument, "the file is too short");
        return new MemoryPages(node, length, writable);
    }

    public void Dispose() => node.UnlockAll(this);

    private void Changing()
    {
        if (!writable) throw new FileSystemException("pwrite", name, Errno.BadDescriptor, "opened for reading only");
        node.Changed();
    }
}
