using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>What kind of file system it is, and what is known of that kind.</summary>
internal sealed class FileSystemProbe : IProbe
{
    public string Name => "file-system";

    public Finding Run(ProbeRoom room)
    {
        FileSystemVerdict verdict = FileSystemVerdict.Of(room.Folder.Facts().FileSystemType);
        return verdict.Trust switch
        {
            FileSystemTrust.Good => Finding.Fine(Name, $"{verdict.Name}: its syncs and locks are known to hold"),
            FileSystemTrust.Warned => Finding.Warned(Name, $"{verdict.Name}: {verdict.Reason}") with
            {
                DoubtsDurability = true,
            },
            _ => Finding.Failed(
                Name, $"{verdict.Name}: {verdict.Reason}", "Use a folder on a local disk (ext4, xfs, btrfs, zfs)."),
        };
    }
}

/// <summary>How much room there is.</summary>
internal sealed class SpaceProbe : IProbe
{
    /// <summary>Room for a handful of segments of the default size.</summary>
    public const long FreeBytesMin = 512L * 1024 * 1024;

    public string Name => "free-space";

    public Finding Run(ProbeRoom room)
    {
        long free = room.Store.FreeBytes();
        string text = FormattableString.Invariant($"{free / 1024.0 / 1024 / 1024:0.0} GiB are free");
        Finding finding = free >= FreeBytesMin
            ? Finding.Fine(Name, text)
            : Finding.Warned(Name, text, "Free some room: a full disk refuses new messages, it loses none.");
        return finding with { Measured = new Dictionary<string, double> { ["freeBytes"] = free } };
    }
}

/// <summary>Limits of the process that make writing or opening fail before the disk is full.</summary>
/// <param name="limits">Asked once.</param>
internal sealed class LimitsProbe(Func<ProcessLimits> limits) : IProbe
{
    // Below this .NET itself may be ended by SIGXFSZ when it maps memory (dotnet/runtime #117819).
    private const ulong FileBytesMin = 1UL << 41;

    // A member of one queue has about 20 open; the run-time needs some to load what it has not loaded yet.
    private const ulong DescriptorsMin = 256;

    public string Name => "limits";

    public Finding Run(ProbeRoom room)
    {
        ProcessLimits found = limits();
        string size = found.FileBytes == ulong.MaxValue
            ? "files may be of any size"
            : FormattableString.Invariant($"files may have {found.FileBytes} bytes");
        string text = FormattableString.Invariant($"{size}, {found.Descriptors} descriptors may be open");
        if (found.FileBytes < FileBytesMin)
            return Finding.Warned(
                Name, text, "Raise the limit (ulimit -f unlimited): below 2 TiB it may end the process.");
        return found.Descriptors < DescriptorsMin
            ? Finding.Warned(Name, text, $"Raise the limit to {DescriptorsMin} or more (ulimit -n).")
            : Finding.Fine(Name, text);
    }
}

/// <summary>Whether this boot has an identity: without it nobody could tell that shared pages are old.</summary>
internal sealed class BootProbe : IProbe
{
    public string Name => "boot-id";

    public Finding Run(ProbeRoom room) => Finding.Fine(Name, $"this boot is {room.Files.BootId}");
}
