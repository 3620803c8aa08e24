using System.Diagnostics;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Disks;

/// <summary>The kernel's device that makes a disk of a file.</summary>
internal static class LoopDevice
{
    /// <summary>The device's folder in /sys/block; null: the file is no disk at present.</summary>
    public static string? TryFind(string image) =>
        Directory.EnumerateDirectories("/sys/block", "loop*").FirstOrDefault(device => Holds(device, image));

    /// <summary>
    /// Lets no request be larger than a page. A loop device takes a larger one for written of which only the first
    /// pages found room: a disk that lies, where we want one that fails.
    /// </summary>
    public static void SplitRequests(string image)
    {
        var device = TryFind(image) ?? throw new InvalidOperationException($"no loop device holds {image}");
        File.WriteAllText(Path.Combine(device, "queue", "max_sectors_kb"), "4");
    }

    /// <summary>A file is let go a moment after the last one has closed its device.</summary>
    public static void WaitUntilDetached(string image)
    {
        var patience = Stopwatch.StartNew();
        while (TryFind(image) is not null && patience.Elapsed < FiqProcess.Patience)
        {
            Thread.Sleep(5);
        }
    }

    private static bool Holds(string device, string image)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop", "backing_file")).TrimEnd() == image;
        }
        catch (IOException)
        {
            return false; // it holds nothing
        }
    }
}
