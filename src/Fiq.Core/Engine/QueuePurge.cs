using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>Settles, for every group of a queue, all that nobody works on; then deletes what is not needed.</summary>
internal static class QueuePurge
{
    private const long ReadBytesMax = 4L * 1024 * 1024;

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

        queue.Log.Trim(() => queue.Folder.SmallestDurableFloor() ?? 0);
        return most;
    }

    private static long Purge(AttachedQueue queue, GroupName name, IDirectory folder, LogMark watermark)
    {
        using var group = ConsumerGroup.Attach(
            folder, queue.Folder.GroupOf(name), GroupOptions.OfAdministration(ControlLocks.WaitLimit));
        long count = group.Discard(discard => discard.Below(
            watermark.Offset, (cursor, rest) => SettledWith(queue, cursor, rest)));
        group.Flush();
        return count;
    }

    /// <summary>Declared work of everything below the cursor that is not in a set: few messages are held.</summary>
    private static long SettledWith(AttachedQueue queue, long cursor, OffsetSet unsettled)
    {
        LogMark watermark = queue.Log.Watermark;
        long settled = LogLookup.MicrosecondsBelow(queue.Folder.Log, cursor, watermark);
        using LogReader reader = queue.Log.OpenReader();
        var messages = new List<StoredMessage>();
        foreach (OffsetRun run in unsettled.Runs())
        {
            for (long next = run.From; next < run.To;)
            {
                messages.Clear();
                next = reader.Read(next, run.To, watermark.Epoch, messages, ReadBytesMax);
                foreach (StoredMessage stored in messages) settled -= stored.Message.ProcessingMicroseconds;
            }
        }

        return settled;
    }
}
