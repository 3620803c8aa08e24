using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>The error number that the last failed call of this thread left behind.</summary>
internal static class SystemError
{
    public static Errno Last => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>Whether a signal cut the last call short before it did anything: it is to be made again.</summary>
    public static bool IsInterrupted => Last == Errno.Interrupted;

    /// <summary>The last error as an exception.</summary>
    public static FileSystemException Of(string call, string path) => Of(call, path, Last);

    /// <summary>That error as an exception, with the system's own words.</summary>
    public static FileSystemException Of(string call, string path, Errno errno) =>
        new(call, path, errno, Marshal.GetPInvokeErrorMessage((int)errno));
}
