using Fiq.Files;
using Fiq.Groups;

namespace Fiq.Engine;

/// <summary>
/// Counts the messages of a queue that at least one group has not settled. Takes no lock: it may be asked under any.
/// </summary>
internal sealed class UnsettledCount(QueueFolder folder)
{
    /// <summary>
    /// The number of messages below an offset, at most; exact as long as it is more than half of
    /// <paramref name="limit"/> and not more than it.
    /// </summary>
    /// <param name="to">The offset.</param>
    /// <param name="firstOffset">The first one kept: without groups all from there on count.</param>
    /// <param name="limit">Beyond it nobody asks how many exactly.</param>
    public long Below(long to, long firstOffset, long limit)
    {
        List<GroupName> names = folder.GroupNames();
        long largest = 0;
        long sum = 0;
        int groups = 0;
        foreach (GroupName name in names)
        {
            using IDirectory? group = folder.TryOpenGroup(name);
            if (group is null) continue;
            long open = Math.Max(0, to - GroupGauge.SettledMessages(group, folder.GroupOf(name)));
            (groups, largest, sum) = (groups + 1, Math.Max(largest, open), sum + open);
        }

        if (groups == 0) return to - firstOffset;
        if (groups == 1 || largest >= limit) return largest;
        return sum <= limit / 2 ? sum : Exactly(names, to);
    }

    private long Exactly(List<GroupName> names, long to)
    {
        var union = new OffsetUnion();
        foreach (GroupName name in names)
        {
            using IDirectory? group = folder.TryOpenGroup(name);
            if (group is null) continue;
            GroupStatus status = GroupReader.Read(group, folder.GroupOf(name), to);
            foreach (OffsetRun run in status.Unsettled) union.Add(run.From, Math.Min(run.To, to));
            union.Add(status.Cursor, to);
        }

        return union.Count();
    }
}
