using System.Runtime.InteropServices;
using Fiq.Cli.Terminal;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// A command under way: its process, what it has still to read, what it writes. Its pipes belong to the loop's thread
/// once that watches it; signals come from anywhere.
/// </summary>
internal sealed class ChildProcess
{
    /// <summary>So long a command may take to end by SIGTERM before it is killed.</summary>
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(1);

    /// <summary>A body up to this size goes out in one write, behind the line that the command waits for.</summary>
    private const int TogetherMax = 32 * 1024;

    private static readonly byte[] Go = "\n"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<ChildEnd> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _unread;
    private ReadOnlyMemory<byte> _behind;
    private Timer? _killTimer;
    private bool _isReaped;

    public ChildProcess(
        int pid, SafeFileHandle input, ReadOnlyMemory<byte> body, ChildOutput output, ChildOutput errors)
    {
        (Id, Input, Output, Errors) = (pid, input, output, errors);
        (_unread, _behind) = body.Length <= TogetherMax ? ((byte[])[.. Go, .. body.Span], default) : (Go, body);
        Process = ChildCalls.OpenProcess(pid);
    }

    /// <summary>Its process id, which is its group's as well.</summary>
    public int Id { get; }

    /// <summary>Readable when it has ended.</summary>
    public SafeFileHandle Process { get; }

    /// <summary>Its stdin; null once it has everything or reads no more.</summary>
    public SafeFileHandle? Input { get; private set; }

    public ChildOutput Output { get; }

    public ChildOutput Errors { get; }

    public Task<ChildEnd> Ended => _ended.Task;

    /// <summary>Writes as much of the body as it takes now. True when nothing is left to write.</summary>
    public unsafe bool Feed()
    {
        while (Input is not null)
        {
            if (_unread.IsEmpty) (_unread, _behind) = (_behind, default);
            if (_unread.IsEmpty)
            {
                CloseInput();
                break;
            }

            nint count;
            fixed (byte* start = _unread.Span) count = ChildCalls.Write(Input, start, (nuint)_unread.Length);
            if (count >= 0)
            {
                _unread = _unread[(int)count..];
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == PosixCalls.ErrnoInterrupted) continue;
            if (errno == PosixCalls.ErrnoTryAgain) return false;
            // It has closed its stdin or ended: what it did not want to read is its own affair.
            CloseInput();
        }

        return true;
    }

    /// <summary>Asks it to end, with all it has started; a while later it is made to.</summary>
    public void Stop()
    {
        Signal(PosixCalls.SignalTerminate);
        lock (_gate)
        {
            if (!_isReaped)
                _killTimer ??= new Timer(
                    static child => ((ChildProcess)child!).Kill(), this, KillAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends it and all it has started.</summary>
    public void Kill() => Signal(PosixCalls.SignalKill);

    /// <summary>It has ended: takes its status and tells who waits.</summary>
    public void Reap()
    {
        int status = 0;
        lock (_gate)
        {
            // From here on its number may belong to another.
            _ = ChildCalls.Wait(Id, out status, 0);
            _isReaped = true;
            _killTimer?.Dispose();
        }

        CloseInput();
        Process.Dispose();
        _ended.TrySetResult(new ChildEnd(status, Errors.Lines.LastLine));
    }

    private void CloseInput()
    {
        Input?.Dispose();
        Input = null;
        (_unread, _behind) = (default, default);
    }

    private void Signal(int signal)
    {
        lock (_gate)
            if (!_isReaped) _ = PosixCalls.Kill(-Id, signal);
    }
}
