using System.Runtime.InteropServices;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Consume;

/// <summary>
/// Stdout as a pipe, a terminal or a socket: a reader that pauses must not block us, because then a stop could not
/// hand anything back. So it writes only when there is room, and no more at a time than one page, for which a pipe
/// that reports room always has it.
/// </summary>
internal sealed class DescriptorOutlet(int descriptor) : IOutlet
{
    private const int ChunkMax = 4096;

    /// <summary>Whether it is a pipe: only a pipe says how much of it is unread.</summary>
    public bool Holds { get; } = PosixCalls.IsPipe(descriptor);

    public unsafe int Write(ReadOnlySpan<byte> bytes)
    {
        short happened = Poll(PosixCalls.PollOut);
        if ((happened & (PosixCalls.PollOut | PosixCalls.PollError | PosixCalls.PollHangUp)) == 0) return 0;
        nint count;
        fixed (byte* start = bytes)
            count = PosixCalls.Write(descriptor, start, (nuint)Math.Min(bytes.Length, ChunkMax));
        if (count >= 0) return (int)count;
        int errno = Marshal.GetLastPInvokeError();
        if (errno is PosixCalls.ErrnoTryAgain or PosixCalls.ErrnoInterrupted) return 0;
        // A terminal that was closed answers with an input/output error instead of a broken pipe.
        if (errno == PosixCalls.ErrnoBrokenPipe || (happened & PosixCalls.PollHangUp) != 0)
            throw new OutputClosedException();
        throw new FiqException(
            ErrorCode.Failed, $"cannot write stdout: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
    }

    public (long Unread, bool IsClosed) Look()
    {
        // In this order: once the reader has gone the number of unread bytes changes no more.
        bool isClosed = (Poll(0) & (PosixCalls.PollError | PosixCalls.PollHangUp)) != 0;
        if (!Holds) return (0, isClosed);
        return PosixCalls.Control(descriptor, PosixCalls.BytesUnread, out int unread) == 0
            ? (unread, isClosed)
            : (0, isClosed);
    }

    private short Poll(short wanted)
    {
        var entry = new PosixCalls.PollEntry { Descriptor = descriptor, Wanted = wanted };
        return PosixCalls.Poll(ref entry, 1, 0) > 0 ? entry.Happened : (short)0;
    }
}
