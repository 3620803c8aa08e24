using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Fiq.Files;

/// <summary>
/// A mapping of a file. Every access is checked against its bounds, in release builds too: a stray store would go
/// unseen into another process's page. Disposing forbids further use at once; the mapping itself goes when the last
/// call on it has returned (each ends with KeepAlive), because a load from an address given back ends the process.
/// </summary>
internal sealed unsafe class PosixSharedMemory : ISharedMemory
{
    private readonly byte* _start;
    private readonly int _mappedLength;
    private readonly bool _writable;
    private readonly string _path;
    private volatile bool _disposed;

    private PosixSharedMemory(byte* start, int length, bool writable, string path)
    {
        _start = start;
        _mappedLength = length;
        _writable = writable;
        _path = path;
    }

    ~PosixSharedMemory() => LibcMemory.Unmap(_start, (nuint)_mappedLength);

    public int Length => _mappedLength;

    /// <summary>Maps the first bytes of an open file.</summary>
    /// <exception cref="FileSystemException">
    /// It is shorter, or (writable) has holes: a store into a hole on a full disk, or beyond the end, would kill us.
    /// </exception>
    public static PosixSharedMemory Of(Descriptor file, int length, bool writable, string path)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        FileStatus status = FileStatus.Of(file, path);
        if (status.Length < length)
            throw new FileSystemException(
                "mmap", path, Errno.InvalidArgument, $"it has {status.Length} bytes where {length} are to be mapped");
        if (writable && status.AllocatedBytes < length && !FileSystemVerdict.AllocatesOnWrite(file, path))
            throw new FileSystemException(
                "mmap", path, Errno.InvalidArgument, "it has holes where pages are stored to");
        int protection = writable ? Abi.ProtectionRead | Abi.ProtectionWrite : Abi.ProtectionRead;
        void* start = LibcMemory.Map(null, (nuint)length, protection, Abi.MapShared, file, 0);
        if ((nint)start == -1) throw SystemError.Of("mmap", path);
        return new PosixSharedMemory((byte*)start, length, writable, path);
    }

    public ulong Load64(int at)
    {
        ulong value = Volatile.Read(ref Unsafe.AsRef<ulong>(Word(at, 8)));
        GC.KeepAlive(this);
        return value;
    }

    public void Store64(int at, ulong value)
    {
        Volatile.Write(ref Unsafe.AsRef<ulong>(WritableWord(at, 8)), value);
        GC.KeepAlive(this);
    }

    public uint Load32(int at)
    {
        uint value = Volatile.Read(ref Unsafe.AsRef<uint>(Word(at, 4)));
        GC.KeepAlive(this);
        return value;
    }

    public void Store32(int at, uint value)
    {
        Volatile.Write(ref Unsafe.AsRef<uint>(WritableWord(at, 4)), value);
        GC.KeepAlive(this);
    }

    public uint Exchange32(int at, uint value)
    {
        uint before = Interlocked.Exchange(ref Unsafe.AsRef<uint>(WritableWord(at, 4)), value);
        GC.KeepAlive(this);
        return before;
    }

    public uint Add32(int at, uint value)
    {
        uint sum = Interlocked.Add(ref Unsafe.AsRef<uint>(WritableWord(at, 4)), value);
        GC.KeepAlive(this);
        return sum;
    }

    public ulong Or64(int at, ulong bits)
    {
        ulong before = Interlocked.Or(ref Unsafe.AsRef<ulong>(WritableWord(at, 8)), bits);
        GC.KeepAlive(this);
        return before;
    }

    public ulong And64(int at, ulong bits)
    {
        ulong before = Interlocked.And(ref Unsafe.AsRef<ulong>(WritableWord(at, 8)), bits);
        GC.KeepAlive(this);
        return before;
    }

    public void Read(int at, Span<byte> buffer)
    {
        CheckRange(at, buffer.Length);
        new ReadOnlySpan<byte>(_start + at, buffer.Length).CopyTo(buffer);
        GC.KeepAlive(this);
    }

    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        CheckRange(at, bytes.Length);
        CheckWritable();
        bytes.CopyTo(new Span<byte>(_start + at, bytes.Length));
        GC.KeepAlive(this);
    }

    public void Fence() => Interlocked.MemoryBarrier();

    public void Wait(int at, uint expected, TimeSpan timeout)
    {
        uint* word = (uint*)Word(at, 4);
        TimeBuffer time = TimeBuffer.Of(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
        nint answer = LibcMemory.Futex(Abi.CallFutex, word, Abi.FutexWait, (nint)expected, &time, null, 0);
        Errno errno = answer == 0 ? Errno.None : SystemError.Last;
        GC.KeepAlive(this);
        if (errno is not (Errno.None or Errno.TryAgain or Errno.TimedOut or Errno.Interrupted))
            throw SystemError.Of("futex", _path, errno);
    }

    public void WakeAll(int at)
    {
        nint answer = LibcMemory.Futex(
            Abi.CallFutex, (uint*)Word(at, 4), Abi.FutexWake, int.MaxValue, null, null, 0);
        if (answer < 0) throw SystemError.Of("futex", _path);
        GC.KeepAlive(this);
    }

    /// <summary>Forbids further use.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "Only the finalizer knows that no thread is inside any more.")]
    public void Dispose() => _disposed = true;

    private byte* Word(int at, int size)
    {
        CheckRange(at, size);
        if ((at & (size - 1)) != 0) throw new ArgumentException($"{at} is not a multiple of {size}", nameof(at));
        return _start + at;
    }

    private byte* WritableWord(int at, int size)
    {
        CheckWritable();
        return Word(at, size);
    }

    private void CheckWritable()
    {
        if (!_writable) throw new InvalidOperationException($"{_path} is mapped for reading only");
    }

    private void CheckRange(int at, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (at < 0 || (long)at + count > _mappedLength)
            throw new ArgumentOutOfRangeException(nameof(at), at, $"outside the {_mappedLength} bytes of {_path}");
    }
}
