using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fiq.Cli.Terminal;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// Many descriptors, one wait (epoll). An event carries the number given with its descriptor. The kernel's struct has
/// no gap between its two members on x64, and one on arm64.
/// </summary>
internal sealed unsafe class EventWatch : IDisposable
{
    private const int CountMax = 128;

    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EntrySize = IsPacked ? 12 : 16;
    private static readonly int NumberAt = IsPacked ? 4 : 8;

    private readonly byte[] _events = new byte[CountMax * EntrySize];
    private readonly SafeFileHandle _watch;

    public EventWatch()
    {
        int descriptor = ChildCalls.MakeWatch(ChildCalls.CloseOnExec);
        if (descriptor < 0) throw ChildErrors.Last("watch commands");
        _watch = new SafeFileHandle(descriptor, true);
    }

    public void Add(SafeFileHandle file, uint wanted, long number)
    {
        byte* entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(entry, 4), wanted);
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(entry + NumberAt, 8), number);
        if (ChildCalls.ChangeWatch(_watch, ChildCalls.WatchAdd, file, entry) != 0)
            throw ChildErrors.Last("watch a command");
    }

    public void Remove(SafeFileHandle file)
    {
        byte* unused = stackalloc byte[16];
        _ = ChildCalls.ChangeWatch(_watch, ChildCalls.WatchRemove, file, unused);
    }

    /// <summary>Waits for events and appends their numbers.</summary>
    public void Wait(List<long> numbers)
    {
        int count;
        fixed (byte* events = _events) count = ChildCalls.WaitForEvents(_watch, events, CountMax, -1);
        if (count < 0 && Marshal.GetLastPInvokeError() != PosixCalls.ErrnoInterrupted)
            throw ChildErrors.Last("wait for commands");
        for (int i = 0; i < count; i++)
            numbers.Add(BinaryPrimitives.ReadInt64LittleEndian(_events.AsSpan((i * EntrySize) + NumberAt, 8)));
    }

    public void Dispose() => _watch.Dispose();
}
