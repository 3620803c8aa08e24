using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Says up to where a queue's segments may be deleted now. Needs the groups lock; one thread at a time.
/// </summary>
internal sealed class RetentionRule(QueueFolder folder, QueueLog log)
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly KeptSegments _kept = log.OpenKept();

    /// <summary>
    /// Below this offset nothing has to be kept; where the oldest are dropped, groups that lag have been moved on.
    /// </summary>
    /// <param name="kept">From here on everything is kept in any case.</param>
    public long Limit(long kept)
    {
        QueueLimits limits = folder.Settings.Limits;
        Retention keep = limits.Keep ?? Retention.UntilSettled;
        if (keep.Kind == RetentionKind.Forever) return 0;
        long? floor = folder.SmallestDurableFloor();
        // With no group nobody has settled anything, and by age or size nobody lags.
        if (keep.Kind == RetentionKind.Settled) return floor ?? 0;
        long over = Math.Min(FirstToKeep(keep, limits), kept);
        if (floor is null || over <= floor) return over;
        return limits.Lagging == LaggingPolicy.DropOldest ? DropBelow(over) : floor.Value;
    }

    /// <summary>
    /// Whether a group still needs what is too old to be kept. Asked without the groups lock: then it is rumour.
    /// </summary>
    public bool IsOverAgeHeld()
    {
        if (folder.Settings.Limits.Keep is not { Kind: RetentionKind.Age } keep) return false;
        return folder.SmallestDurableFloor() is long floor && floor < FirstToKeep(keep, folder.Settings.Limits);
    }

    /// <summary>How many bytes are kept at most when size decides: less than producers may fill.</summary>
    private static long SizeKept(Retention keep, QueueLimits limits) => limits.BytesMax is > 0 and long max
        ? Math.Min(keep.Value, max - max / LiveSettings.SegmentsMin)
        : keep.Value;

    private long FirstToKeep(Retention keep, QueueLimits limits) => keep.Kind == RetentionKind.Age
        ? _kept.FirstSince(folder.Log.UtcMicroseconds - keep.Value * MicrosecondsPerSecond)
        : _kept.FirstWithin(SizeKept(keep, limits));

    /// <summary>
    /// Moves groups that lag on to an offset, or to the segment with the oldest message that somebody holds: what
    /// can't be deleted is taken from nobody. Returns up to where no group needs anything.
    /// </summary>
    private long DropBelow(long offset)
    {
        var lagging = new List<LaggingGroup>();
        try
        {
            foreach (GroupName name in folder.GroupNames()) AddIfLagging(name, offset, lagging);
            long held = lagging.Select(group => group.LowestHeld()).Append(offset).Min();
            long goal = _kept.FirstOfSegmentWith(held);
            return lagging.Select(group => group.Drop(goal)).Append(offset).Min();
        }
        finally
        {
            foreach (LaggingGroup group in lagging) group.Dispose();
        }
    }

    private void AddIfLagging(GroupName name, long offset, List<LaggingGroup> lagging)
    {
        IDirectory? group = folder.TryOpenGroup(name);
        if (group is null) return;
        GroupContext context = folder.GroupOf(name);
        if (GroupReader.ReadDurableFloor(group, context) < offset)
            lagging.Add(new LaggingGroup(group, context, folder.Log, log));
        else
            group.Dispose();
    }
}
