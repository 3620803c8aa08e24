using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// Starts /bin/sh in a session, and so in a process group, of its own: a terminal's Ctrl-C does not reach it, and one
/// call reaches it with all it has started. It inherits three descriptors and no ignored broken pipe.
/// </summary>
internal static unsafe class Spawner
{
    private const string Shell = "/bin/sh";

    // They live as long as the process.
    private static readonly byte* ShellPath = (byte*)Marshal.StringToCoTaskMemUTF8(Shell);
    private static readonly byte* Attributes = MakeAttributes();

    /// <summary>Starts it; its id is that of its group as well.</summary>
    /// <exception cref="Workers.StopConsumingException">The system has no room for another process.</exception>
    public static int Start(
        byte** arguments, byte** environment, SafeFileHandle input, SafeFileHandle output, SafeFileHandle errors)
    {
        byte* actions = stackalloc byte[ChildCalls.OpaqueSize];
        Check(ChildCalls.InitActions(actions));
        try
        {
            Check(ChildCalls.AddDuplicate(actions, input, 0));
            Check(ChildCalls.AddDuplicate(actions, output, 1));
            Check(ChildCalls.AddDuplicate(actions, errors, 2));
            Check(ChildCalls.Spawn(out int pid, ShellPath, actions, Attributes, arguments, environment));
            return pid;
        }
        finally
        {
            _ = ChildCalls.DestroyActions(actions);
        }
    }

    private static byte* MakeAttributes()
    {
        byte* attributes = (byte*)NativeMemory.AllocZeroed(ChildCalls.OpaqueSize);
        byte* signals = stackalloc byte[ChildCalls.SignalSetSize];
        NativeMemory.Clear(signals, ChildCalls.SignalSetSize);
        Check(ChildCalls.InitAttributes(attributes));
        Check(ChildCalls.SetSignalMask(attributes, signals));
        // The run-time ignores it for itself; a command that feeds `head` is to end by it.
        const int pipe = ChildCalls.SignalPipe - 1;
        signals[pipe / 8] |= 1 << (pipe % 8);
        Check(ChildCalls.SetDefaultSignals(attributes, signals));
        const int flags = ChildCalls.SpawnOwnSession | ChildCalls.SpawnDefaultSignals | ChildCalls.SpawnSignalMask;
        Check(ChildCalls.SetFlags(attributes, flags));
        return attributes;
    }

    private static void Check(int errno)
    {
        if (errno != 0) throw ChildErrors.Of("start a command", errno);
    }
}
