using System.Runtime.InteropServices;
using Fiq.Workers;

namespace Fiq.Cli.Exec;

/// <summary>
/// What the system refuses when a command is to start or to be watched: no descriptors, no processes, no memory. That
/// is no fault of the message, and the next one would not fare better.
/// </summary>
internal static class ChildErrors
{
    public static StopConsumingException Last(string what) => Of(what, Marshal.GetLastPInvokeError());

    public static StopConsumingException Of(string what, int errno) =>
        new($"cannot {what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
}
