using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>
/// A disk on a medium that has less room than it promises: a sparse image on a small tmpfs. Once the tmpfs is full the
/// kernel can't write what has no place there yet: syncs fail, while the page cache reads back what was written.
/// </summary>
internal sealed class FailingDisk : IDisposable
{
    private const int MediumMebibytes = 48;
    private const int DiskMebibytes = 120;
    private const long SolidBytes = 6 * 1024 * 1024;

    /// <summary>One block group with its journal in front, so that the file system's own blocks lie there.</summary>
    private static readonly string[] OwnBlocksInFront =
        ["-b", "4096", "-N", "256", "-J", "size=4,location=1M", "-E", "nodiscard,lazy_itable_init=0"];

    private readonly SmallDisk _medium = SmallDisk.Mount(MediumMebibytes);

    private FailingDisk(bool journalFails)
    {
        try
        {
            Disk = LoopDisk.Create(
                DiskMebibytes, _medium.Path, journalFails ? 0 : SolidBytes, journalFails ? [] : OwnBlocksInFront);
        }
        catch
        {
            _medium.Dispose();
            throw;
        }
    }

    public LoopDisk Disk { get; }

    /// <summary>A disk of which only files' bytes will fail: a sync returns an error, the next does not.</summary>
    public static FailingDisk OfData() => new(journalFails: false);

    /// <summary>A disk whose journal will fail: the kernel makes it read-only under its users.</summary>
    public static FailingDisk OfJournal() => new(journalFails: true);

    /// <summary>From now on what has no place on the medium yet can't be written.</summary>
    public void Fail() => FullDisk.Fill(Ballast);

    /// <summary>Everything can be written again.</summary>
    public void Mend() => File.Delete(Ballast);

    public void Dispose()
    {
        Disk.Dispose();
        _medium.Dispose();
    }

    private string Ballast => Path.Combine(_medium.Path, "ballast");
}
