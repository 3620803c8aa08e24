using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Tests.Doubles.Memory;

/// <summary>A mapped file of a disk in memory: the same bytes that its readers and writers see.</summary>
internal sealed class MemoryPages(MemoryNode file, int length, bool writable) : ISharedMemory
{
    // Nobody sleeps long here: a wait that ends early is allowed to.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    public int Length => length;

    public ulong Load64(int at) => Page(at) is byte[] page ? Volatile.Read(ref Word<ulong>(page, at)) : 0;

    public void Store64(int at, ulong value) => Volatile.Write(ref Word<ulong>(Own(at), at), value);

    public uint Load32(int at) => Page(at) is byte[] page ? Volatile.Read(ref Word<uint>(page, at)) : 0;

    public void Store32(int at, uint value) => Volatile.Write(ref Word<uint>(Own(at), at), value);

    public uint Exchange32(int at, uint value) => Interlocked.Exchange(ref Word<uint>(Own(at), at), value);

    public uint Add32(int at, uint value) => Interlocked.Add(ref Word<uint>(Own(at), at), value);

    public ulong Or64(int at, ulong bits) => Interlocked.Or(ref Word<ulong>(Own(at), at), bits);

    public ulong And64(int at, ulong bits) => Interlocked.And(ref Word<ulong>(Own(at), at), bits);

    public void Read(int at, Span<byte> buffer) => file.Bytes.Read(buffer, at);

    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        Changing();
        file.Bytes.Write(bytes, at);
    }

    public void Fence() => Interlocked.MemoryBarrier();

    public void Wait(int at, uint expected, TimeSpan timeout)
    {
        if (Load32(at) == expected && timeout > TimeSpan.Zero) Thread.Sleep(timeout < Nap ? timeout : Nap);
    }

    public void WakeAll(int at) => Changing();

    public void Dispose()
    {
        // The bytes are the file's.
    }

    private static ref T Word<T>(byte[] page, int at)
        where T : struct =>
        ref MemoryMarshal.AsRef<T>(page.AsSpan(at % MemoryBytes.PageSize));

    private byte[]? Page(int at) => file.Bytes.PageOf(at / MemoryBytes.PageSize);

    private byte[] Own(int at)
    {
        Changing();
        return file.Bytes.Writable(at / MemoryBytes.PageSize);
    }

    private void Changing()
    {
        if (!writable) throw new InvalidOperationException("mapped for reading only");
        file.Changed();
    }
}
