using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>How long it takes to make 4 KiB durable, and what that says about the disk.</summary>
internal sealed class SyncLatencyProbe : IProbe
{
    private const int Count = 300;
    private const int CountMin = 20;
    private const int BlockSize = 4096;

    /// <summary>No device that keeps what it wrote answers faster; memory does.</summary>
    public const double PlausibleMicroseconds = 15;

    /// <summary>Below it only a drive that can finish without power is honest.</summary>
    public const double ProtectedMicroseconds = 100;

    /// <summary>Above it whoever waits for each answer notices.</summary>
    public const double SlowMicroseconds = 20_000;

    // A slow card takes a tenth of a second for each.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(5);

    public string Name => "sync-latency";

    public Finding Run(ProbeRoom room)
    {
        using IFile file = room.Folder.CreateFile("synced");
        try
        {
            file.Allocate(Count * BlockSize);
        }
        catch (FileSystemException error) when (error.Errno == Errno.NotSupported || error.IsNoSpace)
        {
            // Then each sync also writes the size, as it would for a segment here.
            file.SetLength(0);
        }

        file.Sync();
        return Judge(Measure(room.Time, file));
    }

    /// <summary>Says what the times mean. Has no other input, so that every case can be tested anywhere.</summary>
    public static Finding Judge(List<TimeSpan> times)
    {
        const string name = "sync-latency";
        (double median, double worst) = Percentiles.Of(times);
        string took = $"a synced 4 KiB takes {Percentiles.Words(median)}, 99 of 100 at most {Percentiles.Words(worst)}";
        Finding finding = median switch
        {
            < PlausibleMicroseconds => Finding.Warned(
                name,
                $"{took}: faster than a disk can be, so it is memory, or a cache that a power cut may empty",
                "If it is a disk, turn its volatile write cache off or make sure that it has a battery; "
                    + "in a virtual machine look at the host's cache mode.") with
            {
                DoubtsDurability = true,
            },
            < ProtectedMicroseconds => Finding.Fine(
                name, $"{took}: what a drive with protection against power loss needs; one without would be lying"),
            < SlowMicroseconds => Finding.Fine(name, $"{took}: what an honest disk needs"),
            _ => Finding.Fine(
                name,
                $"{took}: honest and slow; whoever waits for each answer gets "
                    + FormattableString.Invariant($"{1e6 / median:0.#} in a second, many at a time get far more")),
        };
        return finding with
        {
            Measured = new Dictionary<string, double>
            {
                ["p50Microseconds"] = median,
                ["p99Microseconds"] = worst,
                ["count"] = times.Count,
            },
        };
    }

    private static List<TimeSpan> Measure(TimeProvider time, IFile file)
    {
        byte[] block = new byte[BlockSize];
        var times = new List<TimeSpan>(Count);
        long begun = time.GetTimestamp();
        for (int i = 0; i < Count && (i < CountMin || time.GetElapsedTime(begun) < Enough); i++)
        {
            block.AsSpan().Fill((byte)(i + 1));
            long started = time.GetTimestamp();
            file.Write(block, (long)i * BlockSize);
            file.SyncData();
            times.Add(time.GetElapsedTime(started));
        }

        return times;
    }
}
