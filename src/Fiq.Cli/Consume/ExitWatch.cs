using Fiq.Cli.Produce;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Consume;

/// <summary>
/// Waits for a line <c>exit</c> on stdin. A terminal is read only while our process group is in its foreground: a
/// background job that reads is stopped by the kernel, and would keep its messages. The end of stdin means nothing.
/// </summary>
internal sealed class ExitWatch
{
    /// <summary>A shell's <c>fg</c> tells a job that never stopped nothing, so it looks by itself.</summary>
    private static readonly TimeSpan ForegroundPoll = TimeSpan.FromSeconds(1);

    /// <summary>A longer line is not <c>exit</c>; its beginning is forgotten.</summary>
    private const int LineSizeMax = 64;

    private readonly Stream _input;
    private readonly int _descriptor;
    private readonly bool _isTerminal;
    private readonly Action _exit;

    private ExitWatch(Streams streams, Action exit)
    {
        (_input, _descriptor, _isTerminal, _exit) =
            (streams.Input, streams.InputDescriptor, streams.InputIsTerminal, exit);
    }

    /// <summary>
    /// Whether stdin is ours to read: a terminal, or a pipe when nothing else would end the run. A file or a pipe
    /// beside an ending option may belong to a loop around us.
    /// </summary>
    public static bool IsOurs(Streams streams, bool runEnds) =>
        streams.InputIsTerminal
        || (!runEnds
            && streams.InputDescriptor >= 0
            && PosixCalls.IsInherited(streams.InputDescriptor)
            && PosixCalls.IsPipe(streams.InputDescriptor));

    /// <summary>Begins to watch; <paramref name="exit"/> is called on the watching thread.</summary>
    public static void Start(Streams streams, Action exit)
    {
        var watch = new ExitWatch(streams, exit);
        // The thread may hang in a read for ever; it ends with the process.
        new Thread(watch.Watch) { IsBackground = true, Name = "stdin" }.Start();
    }

    private bool IsInForeground() =>
        !_isTerminal || PosixCalls.ForegroundGroup(_descriptor) == PosixCalls.OwnGroup();

    private void Watch()
    {
        var line = new List<byte>(LineSizeMax);
        byte[] buffer = new byte[256];
        while (true)
        {
            if (!IsInForeground())
            {
                Thread.Sleep(ForegroundPoll);
                continue;
            }

            // Waiting does not stop a background job, reading does; so the last question before reading is whose turn
            // it is.
            if (!WaitForInput() || !IsInForeground()) continue;
            int count = Read(buffer);
            // A last line without LF counts.
            bool hasExit = count > 0 ? HasExit(line, buffer.AsSpan(0, count)) : HasExit(line, "\n"u8);
            if (hasExit) _exit();
            if (hasExit || count <= 0) return;
        }
    }

    private bool WaitForInput()
    {
        var entry = new PosixCalls.PollEntry { Descriptor = _descriptor, Wanted = PosixCalls.PollIn };
        return PosixCalls.Poll(ref entry, 1, -1) > 0;
    }

    private int Read(byte[] buffer)
    {
        try
        {
            return _input.Read(buffer);
        }
        catch (IOException)
        {
            // The terminal has gone; its SIGHUP says so by itself.
            return 0;
        }
    }

    private static bool HasExit(List<byte> line, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b != (byte)'\n')
            {
                if (line.Count < LineSizeMax) line.Add(b);
                continue;
            }

            byte[] whole = [.. line];
            line.Clear();
            if (TextLine.IsExit(TextLine.WithoutReturn(whole).Span)) return true;
        }

        return false;
    }
}
