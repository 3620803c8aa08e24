using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A file whose calls may fail, and whose user may be killed before any of them.</summary>
internal sealed class FaultyFile(IFile inner, Faults faults) : FileDecorator(inner)
{
    public override int Read(Span<byte> buffer, long position)
    {
        faults.Look();
        return Inner.Read(buffer, position);
    }

    public override void Write(ReadOnlySpan<byte> bytes, long position)
    {
        faults.Call("write", Name);
        Inner.Write(bytes, position);
    }

    public override void SyncData()
    {
        faults.Call("fdatasync", Name);
        Inner.SyncData();
    }

    public override void Sync()
    {
        faults.Call("fsync", Name);
        Inner.Sync();
    }

    public override void Allocate(long length)
    {
        faults.Call("allocate", Name);
        Inner.Allocate(length);
    }

    public override void SetLength(long length)
    {
        faults.Call("truncate", Name);
        Inner.SetLength(length);
    }

    public override bool TryLock(long at, bool exclusive)
    {
        faults.Effect();
        return Inner.TryLock(at, exclusive);
    }

    public override void Unlock(long at)
    {
        faults.Call("unlock", Name);
        Inner.Unlock(at);
    }

    public override bool IsLockedByOther(long at)
    {
        faults.Look();
        return Inner.IsLockedByOther(at);
    }

    public override ISharedMemory Map(int length, bool writable) =>
        new FaultyMemory(Inner.Map(length, writable), faults);
}
