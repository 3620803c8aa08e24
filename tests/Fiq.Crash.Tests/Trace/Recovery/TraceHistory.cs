using Fiq.Crash.Tests.Trace.Strace;
using Fiq.Simulation.Persistence;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>
/// A trace in the terms of the persistence model: what happened to the disk, in the order in which it was done. What
/// is stored through mappings no trace shows: of the control page there is what was seen of it now and then, lease
/// tables stay as they were created.
/// </summary>
internal sealed class TraceHistory
{
    private readonly Dictionary<int, long> _inodes = new() { [StoreNames.Root] = DiskImage.Root };
    private readonly List<long> _moments = [];

    private TraceHistory()
    {
        Disk = new DiskHistory(new DiskImage());
    }

    public DiskHistory Disk { get; }

    public static TraceHistory Of(IEnumerable<StoreCall> calls)
    {
        var history = new TraceHistory();
        foreach (var call in ZerosTogether(calls.OrderBy(Done)))
        {
            if (history.Follow(call))
            {
                history._moments.Add(Done(call));
            }
        }

        return history;
    }

    /// <summary>
    /// The last moment at which a crash finds so many events done: what was told until then somebody relies on.
    /// </summary>
    public long LastMomentAt(int cut) => cut < _moments.Count ? _moments[cut] : Interval.Never;

    /// <summary>How many events are done when a queue gets this name.</summary>
    public int CutBehindNaming(string queue) => Disk.Events
        .TakeWhile(what => what is not Simulation.Persistence.Renamed renamed || renamed.To != queue)
        .Count() + 1;

    /// <summary>What a process died in may have been done as soon as it began.</summary>
    private static long Done(StoreCall call) => call.When.End == Interval.Never ? call.When.Start : call.When.End;

    /// <summary>Makes one write of zeros of those that follow one another: nobody could tell them apart.</summary>
    private static IEnumerable<StoreCall> ZerosTogether(IEnumerable<StoreCall> calls)
    {
        Written? zeros = null;
        foreach (var call in calls)
        {
            if (call is Written written && !written.Bytes.Span.ContainsAnyExcept((byte)0))
            {
                if (zeros is not null && zeros.Inode == written.Inode && zeros.EndPosition == written.Position)
                {
                    zeros = zeros with
                    {
                        When = new Interval(zeros.When.Start, written.When.End),
                        Bytes = new byte[zeros.Bytes.Length + written.Bytes.Length],
                    };
                    continue;
                }

                if (zeros is not null)
                {
                    yield return zeros;
                }

                zeros = written;
                continue;
            }

            if (zeros is not null)
            {
                yield return zeros;
                zeros = null;
            }

            yield return call;
        }

        if (zeros is not null)
        {
            yield return zeros;
        }
    }

    /// <summary>False for what does nothing to the disk.</summary>
    private bool Follow(StoreCall call)
    {
        switch (call)
        {
            case Made made:
                _inodes[made.Inode] = made.IsDirectory
                    ? Disk.CreateDirectory(_inodes[made.Directory], made.Name)
                    : Disk.CreateFile(_inodes[made.Directory], made.Name);
                return true;
            case Written written:
                Disk.Write(_inodes[written.Inode], written.Position, written.Bytes.Span);
                return true;
            case Resized resized:
                Disk.SetLength(_inodes[resized.Inode], resized.Length);
                return true;
            case Allocated allocated:
                var before = Disk.Count;
                Disk.Allocate(_inodes[allocated.Inode], allocated.Length);
                return Disk.Count > before;
            case Renamed renamed:
                Disk.Rename(_inodes[renamed.Directory], renamed.From, renamed.To);
                return true;
            case Unlinked unlinked:
                Disk.Remove(_inodes[unlinked.Directory], unlinked.Name);
                return true;
            case Seen seen when Find(seen.Path) is { } inode:
                Disk.Store(inode, 0, seen.Bytes.Span);
                return true;
            case Synced { WasCutShort: false } synced:
                Disk.Sync(_inodes[synced.Inode], DoneBefore(synced.When.Start), synced.Succeeded);
                return true;
            default:
                return false;
        }
    }

    private long? Find(string path)
    {
        long? inode = DiskImage.Root;
        foreach (var name in path.Split('/'))
        {
            inode = inode is { } folder && Disk.Now.Entries(folder).TryGetValue(name, out var found) ? found : null;
        }

        return inode;
    }

    private int DoneBefore(long moment)
    {
        var index = _moments.BinarySearch(moment);
        return index < 0 ? ~index : index + 1;
    }
}
