using Fiq.Engine;
using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>
/// Examines the disk and the file system under a store: whether the things on which fiq's promises rest hold there.
/// Works in a folder of its own inside the store, which is removed afterwards.
/// </summary>
public sealed class DiskCheckup
{
    private readonly Func<IFileSystem> _files;
    private readonly Func<ulong> _random;

    internal DiskCheckup(Func<IFileSystem> files, Func<ulong> random)
    {
        _files = files;
        _random = random;
    }

    /// <summary>A check-up of real disks.</summary>
    public DiskCheckup()
        : this(() => new PosixFileSystem(), RandomNumbers.Next)
    {
    }

    /// <summary>All probes, in their order; the one that kills the partner is the last.</summary>
    internal IReadOnlyList<IProbe> Probes { get; init; } =
    [
        new FileSystemProbe(),
        new SpaceProbe(),
        new LimitsProbe(() => ProcessLimits.Current),
        new BootProbe(),
        new SyncReportProbe(SystemCheck.Run),
        new ErrorNumbersProbe(),
        new DirectorySyncProbe(),
        new AllocateProbe(),
        new RenameProbe(),
        new LockProbe(),
        new PageProbe(),
        new ProcessPageProbe(),
        new WakeProbe(TimeSpan.FromSeconds(1)),
        new SyncLatencyProbe(),
        new ProcessLockProbe(),
    ];

    /// <summary>Runs every probe.</summary>
    /// <param name="store">The folder of queues; created, as the first message would, when it is not there.</param>
    /// <param name="startPartner">Starts the second process; null where there can be none.</param>
    public IReadOnlyList<Finding> Run(string store, PartnerStart? startPartner)
    {
        IDirectory folder;
        IFileSystem files;
        try
        {
            files = _files();
            folder = StoreFolder.OpenOrCreate(files, store, allowUnsafeFileSystem: true, out _);
        }
        catch (FiqException error) when (error.Code == ErrorCode.Unsupported)
        {
            return [SyncReportProbe.Failure(error)];
        }
        catch (FiqException error)
        {
            return [Finding.Failed("folder", error.Message, error.Hint)];
        }

        using (folder) return Run(files, folder, startPartner);
    }

    private List<Finding> Run(IFileSystem files, IDirectory store, PartnerStart? startPartner)
    {
        try
        {
            using var own = ProbeFolder.Create(store, _random);
            using IPartner? partner = startPartner?.Invoke(own.Directory.Path);
            var room = new ProbeRoom(files, store, own.Directory, partner, TimeProvider.System);
            return [.. Probes.Select(probe => Run(probe, room))];
        }
        catch (FileSystemException error)
        {
            return [Finding.Failed("folder", error.Message, error.ToFiqException().Hint)];
        }
    }

    private static Finding Run(IProbe probe, ProbeRoom room)
    {
        try
        {
            return probe.Run(room);
        }
        catch (FileSystemException error)
        {
            return Finding.Failed(probe.Name, error.Message, error.ToFiqException().Hint);
        }
        catch (FiqException error)
        {
            return Finding.Failed(probe.Name, error.Message, error.Hint);
        }
    }
}
