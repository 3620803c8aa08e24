namespace Fiq.Files;

/// <summary>A regular file of the real file system, by its descriptor.</summary>
internal sealed unsafe class PosixFile : IFile
{
    // One piece of zeros written where the file system can't allocate by itself.
    private const int ZerosSize = 64 * 1024;

    private readonly Descriptor _descriptor;
    private readonly string _path;
    private volatile bool _locked;

    /// <summary>Takes over an open and checked descriptor.</summary>
    public PosixFile(Descriptor descriptor, string name, string path)
    {
        _descriptor = descriptor;
        _path = path;
        Name = name;
        Identity = Status().Identity;
    }

    public string Name { get; }

    public FileIdentity Identity { get; }

    public long Length => Status().Length;

    public long AllocatedBytes => Status().AllocatedBytes;

    public int Read(Span<byte> buffer, long position)
    {
        int total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                nint count = LibcFiles.Read(_descriptor, start + total, buffer.Length - total, position + total);
                if (count == 0) break;
                if (count > 0)
                    total += (int)count;
                else if (!SystemError.IsInterrupted)
                    throw SystemError.Of("pread", _path);
            }
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        int total = 0;
        fixed (byte* start = bytes)
        {
            while (total < bytes.Length)
            {
                nint count = LibcFiles.Write(_descriptor, start + total, bytes.Length - total, position + total);
                if (count > 0)
                    total += (int)count;
                // Nothing written and no error: going on would go on for ever.
                else if (count == 0)
                    throw SystemError.Of("pwrite", _path, Errno.InputOutput);
                else if (!SystemError.IsInterrupted)
                    throw SystemError.Of("pwrite", _path);
            }
        }
    }

    // Neither sync is made again after any error, an interruption included: the kernel may have reported, and then
    // forgotten, that pages were lost. Only 0 is success.
    public void SyncData()
    {
        if (LibcFiles.SyncData(_descriptor) != 0) throw SystemError.Of("fdatasync", _path);
    }

    public void Sync()
    {
        if (LibcFiles.Sync(_descriptor) != 0) throw SystemError.Of("fsync", _path);
    }

    public void Allocate(long length)
    {
        while (LibcFiles.Allocate(_descriptor, 0, 0, length) != 0)
        {
            if (SystemError.Last == Errno.NotSupported)
            {
                WriteZerosUpTo(length);
                return;
            }

            if (!SystemError.IsInterrupted) throw SystemError.Of("fallocate", _path);
        }
    }

    public void SetLength(long length)
    {
        while (LibcFiles.Truncate(_descriptor, length) != 0)
            if (!SystemError.IsInterrupted)
                throw SystemError.Of("ftruncate", _path);
    }

    public long? FindData(long position)
    {
        // The cursor that this moves is used by nobody.
        long found = LibcFiles.Seek(_descriptor, position, Abi.SeekData);
        if (found >= 0) return found;
        return SystemError.Last == Errno.NoSuchDevice ? null : throw SystemError.Of("lseek", _path);
    }

    public bool TryLock(long at, bool exclusive)
    {
        if (!TrySetLock(exclusive ? Abi.LockWrite : Abi.LockRead, at, 1)) return false;
        _locked = true;
        return true;
    }

    public void Unlock(long at) => TrySetLock(Abi.LockNone, at, 1);

    public bool IsLockedByOther(long at)
    {
        LockBuffer range = new() { Kind = Abi.LockWrite, Start = at, Length = 1 };
        while (LibcLocks.Range(_descriptor, Abi.OfdGetLock, &range) != 0)
            if (!SystemError.IsInterrupted)
                throw SystemError.Of("fcntl", _path);
        return range.Kind != Abi.LockNone;
    }

    // The kernel has no call that waits for such a lock with a limit, so nobody is told when it is freed.
    public void WaitForUnlock(long at, TimeSpan about) => ShortSleep.For(about);

    public ISharedMemory Map(int length, bool writable) => PosixSharedMemory.Of(_descriptor, length, writable, _path);

    public void Dispose()
    {
        // A mapping, or a child between fork and exec, holds the description open and its locks with it.
        if (_locked && !_descriptor.IsClosed) TrySetLock(Abi.LockNone, 0, 0);
        _locked = false;
        _descriptor.Dispose();
    }

    private FileStatus Status() => FileStatus.Of(_descriptor, _path);

    private bool TrySetLock(short kind, long at, long count)
    {
        LockBuffer range = new() { Kind = kind, Start = at, Length = count };
        while (LibcLocks.Range(_descriptor, Abi.OfdSetLock, &range) != 0)
        {
            if (SystemError.Last is Errno.TryAgain or Errno.AccessDenied) return false;
            if (!SystemError.IsInterrupted) throw SystemError.Of("fcntl", _path);
        }

        return true;
    }

    private void WriteZerosUpTo(long length)
    {
        byte[] zeros = new byte[ZerosSize];
        for (long at = Length; at < length; at += ZerosSize)
            Write(zeros.AsSpan(0, (int)Math.Min(ZerosSize, length - at)), at);
    }
}
