using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Fiq.Cli.Terminal;

/// <summary>
/// What the system allows this process. Asked before anything else, and with nothing that would load a library of
/// ours: the run-time dies with a stack trace where it finds no descriptor for one.
/// </summary>
internal static unsafe partial class ProcessLimits
{
    /// <summary>A consumer needs some sixty, most of them for libraries; several queues need more.</summary>
    public const int DescriptorsMin = 128;

    private const int DescriptorLimit = 7;
    private const int StandardError = 2;

    /// <summary>Whether there are enough descriptors; says so on stderr if not.</summary>
    public static bool AllowDescriptors(bool json)
    {
        ulong* limits = stackalloc ulong[2];
        if (GetLimit(DescriptorLimit, limits) != 0 || limits[0] >= DescriptorsMin) return true;
        Say(json, string.Create(
            CultureInfo.InvariantCulture,
            $"{limits[0]} open files are allowed, and fiq needs at least {DescriptorsMin}"));
        return false;
    }

    /// <summary>
    /// From now on a write beyond the largest file that is allowed is an error like that of a full disk, and not the
    /// end of the process.
    /// </summary>
    public static IDisposable CatchFileSize() => PosixSignalRegistration.Create(
        (PosixSignal)PosixCalls.SignalFileSize, static context => context.Cancel = true);

    private static void Say(bool json, string what)
    {
        const string hint = "Raise the limit (ulimit -n 1024, or LimitNOFILE= of the service).";
        byte[] text = Encoding.UTF8.GetBytes(json
            ? $"{{\"error\":{{\"code\":\"failed\",\"exit\":1,\"message\":\"{what}\",\"hint\":\"{hint}\"}}}}\n"
            : $"fiq: {what}.\n     {hint}\n");
        fixed (byte* start = text) _ = PosixCalls.Write(StandardError, start, (nuint)text.Length);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, ulong* limits);
}
