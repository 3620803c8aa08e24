using System.Globalization;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Processes;

/// <summary>
/// Ties a process's life to the one that started it: when that ends, however it ends, the kernel kills this one, even
/// if it is stopped. The kernel watches the thread that made us, so whoever uses it starts processes on a thread that
/// stays.
/// </summary>
internal static class Leash
{
    /// <summary>Fastens it; false when the other process has ended already.</summary>
    public static bool TryFasten(string parent)
    {
        if (PosixCalls.EndWithParent(PosixCalls.ParentDeathSignal, PosixCalls.SignalKill) != 0) return false;
        return PosixCalls.ParentId().ToString(CultureInfo.InvariantCulture) == parent;
    }
}
