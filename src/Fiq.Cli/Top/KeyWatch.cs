using System.Runtime.InteropServices;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Top;

/// <summary>
/// Hears a key without Enter: while it lives the terminal passes on single keys and does not echo them. Ctrl-C stays a
/// signal. Only for a terminal in whose foreground we are: another would be stopped by the kernel.
/// </summary>
internal sealed unsafe partial class KeyWatch : IDisposable
{
    /// <summary>Linux: four words of flags, a byte, and the special characters; less than this in all.</summary>
    private const int ModeSize = 64;

    private const int LocalFlagsAt = 12;
    private const byte Lines = 2;
    private const byte Echo = 8;
    private const int Now = 0;

    private readonly byte[] _before = new byte[ModeSize];
    private readonly int _descriptor;
    private readonly bool _isChanged;

    private KeyWatch(int descriptor)
    {
        _descriptor = descriptor;
        fixed (byte* before = _before) _isChanged = GetMode(descriptor, before) == 0;
        if (!_isChanged) return;
        byte[] mode = [.. _before];
        mode[LocalFlagsAt] &= unchecked((byte)~(Lines | Echo));
        fixed (byte* wanted = mode) _ = SetMode(descriptor, Now, wanted);
    }

    /// <summary>Begins to listen; null where no keys can be heard.</summary>
    public static KeyWatch? Start(Streams streams, char key, Action pressed)
    {
        int descriptor = streams.InputDescriptor;
        if (!streams.InputIsTerminal || descriptor < 0) return null;
        if (PosixCalls.ForegroundGroup(descriptor) != PosixCalls.OwnGroup()) return null;
        var watch = new KeyWatch(descriptor);
        // The thread may hang in a read for ever; it ends with the process.
        new Thread(() => Listen(streams.Input, key, pressed)) { IsBackground = true, Name = "keys" }.Start();
        return watch;
    }

    public void Dispose()
    {
        if (!_isChanged) return;
        fixed (byte* before = _before) _ = SetMode(_descriptor, Now, before);
    }

    private static void Listen(Stream input, char key, Action pressed)
    {
        byte[] one = new byte[1];
        try
        {
            while (input.Read(one) == 1)
                if (one[0] == key) pressed();
        }
        catch (IOException)
        {
            // The terminal has gone; its SIGHUP says so by itself.
            return;
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetMode(int descriptor, byte* mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetMode(int descriptor, int when, byte* mode);
}
