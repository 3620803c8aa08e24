using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>Settles, for every group of a queue, all that nobody works on; then deletes what is not needed.</summary>
internal static class QueuePurge
{
    /// <summary>Does it; returns how many messages it were in the group where they were most.</summary>
    public static long Run(AttachedQueue queue)
    {
        LogMark watermark = queue.Log.Watermark;
        long most = 0;
        foreach (GroupName name in queue.Folder.GroupNames())
        {
            using IDirectory? folder = queue.Folder.TryOpenGroupDurably(name);
            if (folder is not null) most = Math.Max(most, Purge(queue, name, folder, watermark));
        }

        queue.Log.Trim(_ => queue.Folder.SmallestDurableFloor() ?? 0);
        return most;
    }

    private static long Purge(AttachedQueue queue, GroupName name, IDirectory folder, LogMark watermark)
    {
        using var group = ConsumerGroup.Attach(
            folder, queue.Folder.GroupOf(name), GroupOptions.OfAdministration(ControlLocks.WaitLimit));
        long count = new Discarder(queue.Folder.Log, queue.Log, group).Below(watermark.Offset);
        group.Flush();
        return count;
    }
}
