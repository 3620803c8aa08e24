using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Machine;

/// <summary>
/// A machine that is not there: a disk with its history, the kernel's locks, a clock, processes. After a power cut
/// another machine is made from what the disk was left with.
/// </summary>
internal sealed class SimMachine
{
    private readonly List<SimProcess> _processes = [];
    private readonly Dictionary<long, int> _writeErrors = [];
    private readonly List<Moment> _moments = [];
    private CrashModel? _model;

    /// <param name="disk">What is on its disk.</param>
    /// <param name="bootId">Which boot this is; the same one for a volume that was only attached again.</param>
    /// <param name="random">All chance on this machine: it repeats with its seed.</param>
    /// <param name="clock">Its clock, when it goes on from somewhere.</param>
    public SimMachine(DiskImage disk, Guid bootId, Random random, SimClock? clock = null)
    {
        Clock = clock ?? new SimClock();
        History = new DiskHistory(disk);
        BootId = bootId;
        Random = random;
        Schedule = new AloneSchedule(Clock);
    }

    public DiskHistory History { get; }

    public Guid BootId { get; }

    public Random Random { get; }

    public SimClock Clock { get; }

    public SimLocks Locks { get; } = new();

    public ISchedule Schedule { get; set; }

    /// <summary>Called when a process has just been stopped, or has died, in the middle of what it did.</summary>
    public Action<SimProcess> HeldUp { get; set; } = _ => { };

    /// <summary>How long a sync takes, at most.</summary>
    public TimeSpan SlowestSync { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Whether a failed sync makes the page cache show what is on disk (P6b).</summary>
    public bool RevertsAfterFailedSync { get; set; }

    /// <summary>Numbers of 64 bits for ids, secrets and tokens.</summary>
    public ulong NextRandom() => (ulong)Random.NextInt64() << 1 | (uint)Random.Next(2);

    public SimProcess Start(string name)
    {
        var process = new SimProcess(this, name);
        _processes.Add(process);
        return process;
    }

    /// <summary>What the clocks said when so much had happened, or a little later, before anything else did.</summary>
    public Moment TimeAt(int cut) => cut < _moments.Count ? _moments[cut] : Moment.Of(Clock);

    /// <summary>Notes the time for what has happened since somebody last did.</summary>
    public void NoteTime()
    {
        while (_moments.Count <= History.Count) _moments.Add(Moment.Of(Clock));
    }

    /// <summary>How often writing back a file has failed; a descriptor tells of what came after its opening.</summary>
    public int WriteErrors(long inode) => _writeErrors.GetValueOrDefault(inode);

    /// <summary>
    /// Writing back a file fails now: what was not yet durable may be on disk or not, for ever. Every descriptor that
    /// is open hears of it once, at its next sync; one that is opened later never does.
    /// </summary>
    public void FailWriteBack(long inode)
    {
        _writeErrors[inode] = WriteErrors(inode) + 1;
        FileContent? onDisk = null;
        if (RevertsAfterFailedSync && !History.Now.IsDirectory(inode))
        {
            _model ??= new CrashModel(History, DiskRules.Strict, Random);
            while (_model.Cut < History.Count) _model.Advance();
            onDisk = _model.DurableContent(inode);
        }

        History.Sync(inode, History.Count, succeeded: false, onDisk);
    }
}
