using System.Text;

namespace Fiq.Cli.Terminal;

/// <summary>
/// Standard input, output and error as one value: results are bytes on Output, everything said about the work is
/// text on error.
/// </summary>
internal sealed class Streams
{
    private const int WidthUnknown = 80;
    private const int HeightUnknown = 24;
    private readonly Stream _error;
    private readonly Lock _errorLock = new();
    private bool _errorIsClosed;

    public Streams(Stream input, Stream output, Stream error)
    {
        Input = input;
        Output = new ByteOutput(output);
        _error = error;
    }

    /// <summary>Stdin as bytes.</summary>
    public Stream Input { get; }

    /// <summary>Stdout as bytes.</summary>
    public ByteOutput Output { get; }

    /// <summary>The descriptor of stdout, for questions to the kernel; -1 in tests.</summary>
    public int OutputDescriptor { get; init; } = -1;

    /// <summary>The descriptor of stdin; -1 in tests.</summary>
    public int InputDescriptor { get; init; } = -1;

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>The terminal's width in columns; 80 when there is none.</summary>
    public int Width { get; init; } = WidthUnknown;

    /// <summary>The streams of this process.</summary>
    public static Streams OfProcess() => new(Open(0, "stdin"), Open(1, "stdout"), Open(2, "stderr"))
    {
        InputDescriptor = 0,
        OutputDescriptor = 1,
        InputIsTerminal = PosixCalls.IsTerminal(0) == 1,
        OutputIsTerminal = PosixCalls.IsTerminal(1) == 1,
        ErrorIsTerminal = PosixCalls.IsTerminal(2) == 1,
        Width = TerminalWidth(),
    };

    /// <summary>Writes text to stderr at once. Safe to call from several threads.</summary>
    public void WriteError(string text) => WriteError(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes to stderr at once. Safe to call from several threads.</summary>
    public void WriteError(ReadOnlySpan<byte> bytes)
    {
        lock (_errorLock)
        {
            if (_errorIsClosed) return;
            try
            {
                _error.Write(bytes);
            }
            catch (IOException)
            {
                _errorIsClosed = true; // nobody listens; the exit status still tells
            }
        }
    }

    /// <summary>The terminal's columns and rows as they are now: a window may change while a command runs.</summary>
    public (int Width, int Height) Size() => OutputDescriptor >= 0 ? TerminalSize() : (Width, HeightUnknown);

    /// <summary>Whether a read of stdin would return at once, with bytes or with its end.</summary>
    public bool InputIsReady()
    {
        if (InputDescriptor < 0) return true;
        var entry = new PosixCalls.PollEntry { Descriptor = InputDescriptor, Wanted = PosixCalls.PollIn };
        return PosixCalls.Poll(ref entry, 1, 0) > 0;
    }

    /// <summary>What came through exec is not close-on-exec; everything that the runtime opens is.</summary>
    private static Stream Open(int descriptor, string name) =>
        PosixCalls.IsInherited(descriptor)
            ? new DescriptorStream(descriptor)
            : new ClosedStream(name);

    private static int TerminalWidth() => TerminalSize().Width;

    private static (int Width, int Height) TerminalSize()
    {
        foreach (int descriptor in (ReadOnlySpan<int>)[1, 2])
        {
            // The kernel answers with rows and columns, 16 bits each.
            if (PosixCalls.Control(descriptor, PosixCalls.WindowSize, out ulong size) == 0 && (ushort)(size >> 16) > 0)
                return ((ushort)(size >> 16), Math.Max((ushort)size, (ushort)1));
        }

        return (WidthUnknown, HeightUnknown);
    }
}
