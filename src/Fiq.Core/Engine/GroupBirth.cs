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
        return AtStart(folder, log, start, out offset, found => folder.TryCreateGroup(name, found));
    }

    /// <summary>
    /// Lets a group that exists begin elsewhere, which only one that has neither progress nor members can. Returns
    /// the offset at which it begins.
    /// </summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: it has.</exception>
    public static long Move(QueueFolder folder, QueueLog log, ConsumerOptions options, StartPosition start)
    {
        using var group = folder.TryOpenGroup(options.Group)
            ?? throw new FiqException(ErrorCode.GroupNotFound, $"group \"{options.Group}\" was deleted");
        GroupContext context = folder.GroupOf(options.Group);
        bool Restart(GroupStart found) => GroupRestart.TryMove(group, context, found, ControlLocks.WaitLimit);
        if (AtStart(folder, log, start, out long offset, Restart)) return offset;
        GroupStatus status = GroupReader.Read(group, context, long.MaxValue);
        throw new FiqException(
            ErrorCode.BadRequest,
            $"group \"{options.Group}\" of queue \"{folder.Name}\" has progress already: it stands at offset "
                + $"{status.Floor}",
            "A start can be named for a new group only; to move this one, use fiq group seek.");
    }

    private static bool AtStart(
        QueueFolder folder, QueueLog log, StartPosition start, out long offset, Func<GroupStart, bool> begin)
    {
        long found = 0;
        bool done = log.WithGroupsLock(() =>
        {
            GroupStart place = Find(folder, log.FirstOffset, start, log.Watermark);
            found = place.Offset;
            return begin(place);
        });
        offset = found;
        return done;
    }

    /// <summary>The place that is meant, within what is kept. The groups lock is held.</summary>
    public static GroupStart Find(
        QueueFolder folder, long firstOffset, StartPosition start, in LogMark watermark)
    {
        long offset = start.Kind switch
        {
            StartKind.First => firstOffset,
            StartKind.Last => watermark.Offset,
            StartKind.Offset => Math.Clamp(start.Value, firstOffset, watermark.Offset),
            StartKind.Time => LogLookup.FirstSince(folder.Log, firstOffset, start.Value, watermark),
            _ => throw new ArgumentOutOfRangeException(nameof(start)),
        };
        return new GroupStart(offset, LogLookup.MicrosecondsBelow(folder.Log, offset, watermark));
    }
}
