using System.Runtime.InteropServices;
using Fiq.Cli.Terminal;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>One of a command's two outputs: the pipe we read, and the lines it becomes.</summary>
internal sealed class ChildOutput(SafeFileHandle pipe, ChildLines lines)
{
    /// <summary>
    /// So much is read at most after the command has ended: more than a pipe holds. A process that has left the
    /// command's session may go on writing, and must not hold us.
    /// </summary>
    private const int RestMax = 1024 * 1024;

    public SafeFileHandle Pipe { get; } = pipe;

    public ChildLines Lines { get; } = lines;

    /// <summary>Nothing more can be read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads once; returns how much came, 0 when there is nothing now or never again.</summary>
    public unsafe int Read(byte[] buffer)
    {
        nint count;
        fixed (byte* start = buffer) count = ChildCalls.Read(Pipe, start, (nuint)buffer.Length);
        if (count > 0)
        {
            Lines.Add(buffer.AsSpan(0, (int)count));
            return (int)count;
        }

        IsAtEnd = count == 0
            || Marshal.GetLastPInvokeError() is not (PosixCalls.ErrnoTryAgain or PosixCalls.ErrnoInterrupted);
        return 0;
    }

    /// <summary>Reads what the command has left in the pipe, and closes it.</summary>
    public void ReadRest(byte[] buffer)
    {
        int rest = 0;
        int count = 1;
        while (count > 0 && rest < RestMax && !IsAtEnd)
        {
            count = Read(buffer);
            rest += count;
        }

        IsAtEnd = true;
        Lines.End();
        Pipe.Dispose();
    }
}
