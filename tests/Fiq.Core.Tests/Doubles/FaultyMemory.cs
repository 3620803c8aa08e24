using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>Shared memory whose user may be killed before any store.</summary>
internal sealed class FaultyMemory(ISharedMemory inner, Faults faults) : ISharedMemory
{
    public int Length => inner.Length;

    public ulong Load64(int at)
    {
        faults.Look();
        return inner.Load64(at);
    }

    public void Store64(int at, ulong value)
    {
        faults.Effect();
        inner.Store64(at, value);
    }

    public uint Load32(int at)
    {
        faults.Look();
        return inner.Load32(at);
    }

    public void Store32(int at, uint value)
    {
        faults.Effect();
        inner.Store32(at, value);
    }

    public uint Exchange32(int at, uint value)
    {
        faults.Effect();
        return inner.Exchange32(at, value);
    }

    public uint Add32(int at, uint value)
    {
        faults.Effect();
        return inner.Add32(at, value);
    }

    public ulong Or64(int at, ulong bits)
    {
        faults.Effect();
        return inner.Or64(at, bits);
    }

    public ulong And64(int at, ulong bits)
    {
        faults.Effect();
        return inner.And64(at, bits);
    }

    public void Read(int at, Span<byte> buffer)
    {
        faults.Look();
        inner.Read(at, buffer);
    }

    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        faults.Effect();
        inner.Write(at, bytes);
    }

    public void Fence() => inner.Fence();

    public void Wait(int at, uint expected, TimeSpan timeout) => inner.Wait(at, expected, timeout);

    public void WakeAll(int at) => inner.WakeAll(at);

    public void Dispose() => inner.Dispose();
}
