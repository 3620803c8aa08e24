using System.Runtime.InteropServices;

namespace Fiq.Cli.Tests.Processes;

/// <summary>The signals that tests send (Linux, x64 and arm64).</summary>
internal enum Signal
{
    HangUp = 1,
    Interrupt = 2,
    Abort = 6,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    public static void Send(int pid, Signal signal)
    {
        if (!TrySend(pid, signal))
        {
            throw new InvalidOperationException($"kill {pid}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>False when there is no such process any more.</summary>
    public static bool TrySend(int pid, Signal signal) => Kill(pid, (int)signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
