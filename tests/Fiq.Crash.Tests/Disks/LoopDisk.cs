using System.Diagnostics;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>
/// A disk of its own for one test: an ext4 in a sparse file, mounted through a loop device. It can be unmounted and
/// mounted again, lose its power, and be put back to what it was before. Whoever runs on it must be ended first.
/// </summary>
internal sealed class LoopDisk : IDisposable
{
    private const UnixFileMode OwnOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly bool _splitsRequests;
    private bool _mounted;

    private LoopDisk(string imageFolder)
    {
        _splitsRequests = imageFolder.Length > 0;
        _folder = Directory.CreateTempSubdirectory("fiq-loop-").FullName;
        Path = System.IO.Path.Combine(_folder, "mounted");
        Image = System.IO.Path.Combine(imageFolder.Length == 0 ? _folder : imageFolder, "image");
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>The file that holds it.</summary>
    public string Image { get; }

    /// <summary>Makes an empty disk and mounts it.</summary>
    /// <param name="mebibytes">Its size.</param>
    /// <param name="imageFolder">A medium that may run out of room; empty: a temporary folder.</param>
    /// <param name="solidBytes">
    /// So many of its first bytes are really there, so that a medium without room fails only what lies behind them.
    /// </param>
    /// <param name="format">What else mkfs.ext4 is told.</param>
    public static LoopDisk Create(
        int mebibytes, string imageFolder = "", long solidBytes = 0, params string[] format)
    {
        var disk = new LoopDisk(imageFolder);
        try
        {
            Directory.CreateDirectory(disk.Path);
            Must("truncate", "-s", $"{mebibytes}M", disk.Image);
            Must("mkfs.ext4", ["-q", "-m", "0", .. format, disk.Image]);
            if (solidBytes > 0)
            {
                Must("fallocate", "-l", $"{solidBytes}", disk.Image);
            }

            disk.Mount();
            File.SetUnixFileMode(disk.Path, OwnOnly);
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    public FiqCommand Command(params string[] arguments) => new(Path, arguments) { Binary = FiqBinary.Plain };

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Mount()
    {
        Must("mount", "-o", "loop", Image, Path);
        _mounted = true;
        if (_splitsRequests)
        {
            LoopDevice.SplitRequests(Image);
        }
    }

    /// <summary>A process may let its files go a moment after the one that ran it was killed.</summary>
    public void Unmount()
    {
        var patience = Stopwatch.StartNew();
        while (!Tool.Succeeds("umount", Path))
        {
            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience, "{0} must be free", Path);
            Thread.Sleep(5);
        }

        _mounted = false;
        LoopDevice.WaitUntilDetached(Image);
    }

    /// <summary>Unmounted and mounted again: in the same boot, with another page cache.</summary>
    public void Reattach()
    {
        Unmount();
        Mount();
    }

    public void CutPower(PowerCut cut) => PowerSwitch.Off(Path, cut);

    /// <summary>Keeps the disk as it is now, as a snapshot of a volume does, while processes go on using it.</summary>
    public void Snapshot()
    {
        Must("fsfreeze", "--freeze", Path);
        try
        {
            Must("cp", "--sparse=always", Image, $"{Image}.snapshot");
        }
        finally
        {
            Must("fsfreeze", "--unfreeze", Path);
        }
    }

    /// <summary>Brings the whole disk back as it was at the snapshot.</summary>
    public void RestoreSnapshot()
    {
        Unmount();
        Must("cp", "--sparse=always", $"{Image}.snapshot", Image);
        Mount();
    }

    public void MakeReadOnly() => Must("mount", "-o", "remount,ro", Path);

    public void MakeWritable() => Must("mount", "-o", "remount,rw", Path);

    public void Dispose()
    {
        // Lazily, if somebody is still on it: a test that fails must not leave a mount behind.
        if (_mounted && !Tool.Succeeds("umount", Path))
        {
            Tool.Succeeds("umount", "--lazy", Path).Should().BeTrue("{0} must go", Path);
        }

        LoopDevice.WaitUntilDetached(Image);
        Directory.Delete(_folder, recursive: true);
    }

    private static void Must(string tool, params string[] arguments)
    {
        if (!Tool.Succeeds(tool, arguments))
        {
            throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)} has failed");
        }
    }
}
