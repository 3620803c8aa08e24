using System.Buffers.Binary;
using Fiq.Files;
using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Machine;

/// <summary>A mapped file of a simulated machine. Every store is an event: a process may die before it.</summary>
internal sealed class SimMemory(SimProcess process, long inode, int length, bool writable) : ISharedMemory
{
    public int Length => length;

    private DiskHistory History => process.Machine.History;

    private FileContent Content => History.Now.File(inode);

    public ulong Load64(int at)
    {
        process.Look();
        return Peek64(at);
    }

    public void Store64(int at, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Store(at, bytes);
    }

    public uint Load32(int at)
    {
        process.Look();
        return Peek32(at);
    }

    public void Store32(int at, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Store(at, bytes);
    }

    public uint Exchange32(int at, uint value)
    {
        process.Effect();
        uint before = Peek32(at);
        Poke32(at, value);
        return before;
    }

    public uint Add32(int at, uint value)
    {
        process.Effect();
        uint sum = Peek32(at) + value;
        Poke32(at, sum);
        return sum;
    }

    public ulong Or64(int at, ulong bits)
    {
        process.Effect();
        ulong before = Peek64(at);
        Poke64(at, before | bits);
        return before;
    }

    public ulong And64(int at, ulong bits)
    {
        process.Effect();
        ulong before = Peek64(at);
        Poke64(at, before & bits);
        return before;
    }

    public void Read(int at, Span<byte> buffer)
    {
        process.Look();
        CheckRange(at, buffer.Length);
        buffer[Content.Read(buffer, at)..].Clear();
    }

    // Not one step: a process that dies inside leaves the first part.
    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        int half = bytes.Length / 2 & ~7;
        if (half > 0) Store(at, bytes[..half]);
        Store(at + half, bytes[half..]);
    }

    public void Fence() => process.Look();

    public void Wait(int at, uint expected, TimeSpan timeout)
    {
        process.Look();
        if (Peek32(at) == expected && timeout > TimeSpan.Zero)
            process.Machine.Schedule.Sleep(process, new WaitPlace(inode, at), timeout);
    }

    public void WakeAll(int at)
    {
        process.Effect();
        process.Machine.Schedule.Wake(new WaitPlace(inode, at));
    }

    public void Dispose()
    {
        // A mapping holds nothing that matters here: its file is kept by its inode.
    }

    private void Store(int at, ReadOnlySpan<byte> bytes)
    {
        if (!writable) throw new InvalidOperationException("mapped for reading only");
        CheckRange(at, bytes.Length);
        process.Effect();
        History.Store(inode, at, bytes);
    }

    private ulong Peek64(int at)
    {
        CheckRange(at, sizeof(ulong));
        Block? block = Content.At(at / FileContent.BlockSize);
        return block is null
            ? 0
            : BinaryPrimitives.ReadUInt64LittleEndian(block.Bytes.AsSpan(at % FileContent.BlockSize));
    }

    private uint Peek32(int at)
    {
        CheckRange(at, sizeof(uint));
        Block? block = Content.At(at / FileContent.BlockSize);
        return block is null
            ? 0
            : BinaryPrimitives.ReadUInt32LittleEndian(block.Bytes.AsSpan(at % FileContent.BlockSize));
    }

    private void Poke64(int at, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        History.Store(inode, at, bytes);
    }

    private void Poke32(int at, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        History.Store(inode, at, bytes);
    }

    private void CheckRange(int at, int count)
    {
        if (at < 0 || at + count > length)
            throw new ArgumentOutOfRangeException(nameof(at), at, $"outside the {length} mapped bytes");
    }
}
