using System.Runtime.InteropServices;

namespace Fiq.Cli.Terminal;

/// <summary>
/// A standard descriptor as a stream of plain read(2) and write(2): a closed pipe is an error, a terminal stays in
/// its canonical mode, and the descriptor's own offset moves, so that two commands can share one output file.
/// </summary>
internal sealed class DescriptorStream : Stream
{
    private readonly int _descriptor;

    public DescriptorStream(int descriptor) => _descriptor = descriptor;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override unsafe int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* start = buffer) count = PosixCalls.Read(_descriptor, start, (nuint)buffer.Length);
            if (count >= 0) return (int)count;
            WaitOrThrow(PosixCalls.PollIn, "read");
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint count;
            fixed (byte* start = buffer) count = PosixCalls.Write(_descriptor, start, (nuint)buffer.Length);
            if (count >= 0) buffer = buffer[(int)count..];
            else WaitOrThrow(PosixCalls.PollOut, "write");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is held back here.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WaitOrThrow(short wanted, string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        switch (errno)
        {
            case PosixCalls.ErrnoInterrupted:
                return;
            case PosixCalls.ErrnoTryAgain:
                // Somebody made the descriptor non-blocking for all who share it.
                var entry = new PosixCalls.PollEntry { Descriptor = _descriptor, Wanted = wanted };
                _ = PosixCalls.Poll(ref entry, 1, -1);
                return;
            case PosixCalls.ErrnoBrokenPipe when _descriptor == 1:
                throw new OutputClosedException();
            default:
                string name = _descriptor switch { 0 => "stdin", 1 => "stdout", _ => "stderr" };
                throw new IOException(
                    $"cannot {call} {name}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
        }
    }
}
