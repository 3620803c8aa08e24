using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>Creates groups, at a place that is found while no segment can be deleted.</summary>
internal static class GroupBirth
{
    /// <summary>Creates a group; false when there is one of that name.</summary>
    /// <param name="folder">The queue.</param>
    /// <param name="log">Its log, attached.</param>
    /// <param name="name">The group.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="offset">The offset at which it begins.</param>
    public static bool TryCreate(
        QueueFolder folder, QueueLog log, GroupName name, StartPosition start, out long offset)
    {
        offset = 0;
        using (var existing = folder.TryOpenGroup(name))
            if (existing is not null) return false;
        long begin = 0;
        bool created = log.WithGroupsLock(() =>
        {
            LogMark watermark = log.Watermark;
            begin = Find(folder, log.FirstOffset, start, watermark);
            long microseconds = LogLookup.MicrosecondsBelow(folder.Log, begin, watermark);
            return folder.TryCreateGroup(name, new GroupStart(begin, microseconds));
        });
        offset = begin;
        return created;
    }

    /// <summary>A start was named for a group that has its own progress already.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>.</exception>
    public static void RefuseStart(QueueFolder folder, ConsumerOptions options, long? startedAt)
    {
        if (options.Start is null || startedAt is not null) return;
        using var group = folder.TryOpenGroup(options.Group);
        if (group is null) return;
        GroupStatus status = GroupReader.Read(group, folder.Group, long.MaxValue);
        throw new FiqException(
            ErrorCode.BadRequest,
            $"group \"{options.Group}\" of queue \"{folder.Name}\" has progress already: it stands at offset "
                + $"{status.Floor}",
            "A start can be named for a new group only; to move this one, use fiq group seek.");
    }

    private static long Find(QueueFolder folder, long firstOffset, StartPosition start, in LogMark watermark) =>
        start.Kind switch
        {
            StartKind.First => firstOffset,
            StartKind.Last => watermark.Offset,
            StartKind.Offset => Math.Clamp(start.Value, firstOffset, watermark.Offset),
            StartKind.Time => LogLookup.FirstSince(folder.Log, firstOffset, start.Value, watermark),
            _ => throw new ArgumentOutOfRangeException(nameof(start)),
        };
}
