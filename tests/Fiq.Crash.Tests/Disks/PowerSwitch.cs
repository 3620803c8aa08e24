using System.Runtime.InteropServices;

namespace Fiq.Crash.Tests.Disks;

/// <summary>How the power goes.</summary>
internal enum PowerCut
{
    /// <summary>What the journal holds in memory is written first: renames survive that nobody synced.</summary>
    LogWritten = 1,

    /// <summary>At once: what was not synced is gone.</summary>
    AtOnce = 2,
}

/// <summary>Switches a mounted file system off: nothing that it holds in memory gets to its disk any more.</summary>
internal static partial class PowerSwitch
{
    private const nuint ShutDown = 0x8004587d; // EXT4_IOC_SHUTDOWN, the same number on XFS
    private const int CloseOnExec = 0x80000;

    public static void Off(string mountPoint, PowerCut cut)
    {
        var folder = Open(mountPoint, CloseOnExec);
        if (folder < 0)
        {
            throw new InvalidOperationException($"open {mountPoint}: errno {Marshal.GetLastPInvokeError()}");
        }

        var how = (uint)cut;
        var result = Control(folder, ShutDown, ref how);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(folder);
        if (result != 0)
        {
            throw new InvalidOperationException($"shutdown of {mountPoint}: errno {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, ref uint argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
