using System.Runtime.InteropServices;

namespace Fiq.Crash.Tests.Limits;

/// <summary>The largest file that a running process may write (Linux, x64 and arm64).</summary>
internal static unsafe partial class FileSizeLimit
{
    private const int FileSize = 1;

    public static void Set(int pid, long bytes)
    {
        // The soft limit; the hard one stays away, so that it can be raised again.
        var limits = stackalloc ulong[2] { (ulong)bytes, ulong.MaxValue };
        if (SetLimits(pid, FileSize, limits, null) != 0)
        {
            throw new InvalidOperationException($"prlimit {pid}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int SetLimits(int pid, int resource, ulong* limits, ulong* before);
}
