using Fiq.Engine.Inspection;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>Looks at a queue without attaching to it, and puts what it sees into words that callers know.</summary>
internal static class QueueDescriber
{
    private const double MicrosecondsPerSecond = 1_000_000;

    public static QueueDescription Describe(QueueFolder folder)
    {
        using var view = LogView.Open(folder.Log, folder.ProvenByGroups);
        LogMark watermark = view.Watermark;
        var groups = new List<GroupDescription>();
        var unsettled = new OffsetUnion();
        foreach (GroupName name in folder.GroupNames())
        {
            using var group = folder.TryOpenGroup(name);
            if (group is null) continue;
            GroupStatus status = GroupReader.Read(group, folder.GroupOf(name), watermark.Offset);
            folder.RequireKept(name, status.Floor, view.FirstOffset);
            groups.Add(Describe(folder, name, group, status, watermark));
            foreach (OffsetRun run in status.Unsettled) unsettled.Add(run.From, run.To);
            unsettled.Add(status.Cursor, watermark.Offset);
        }

        long records = watermark.Offset - view.FirstOffset;
        return new QueueDescription
        {
            Name = folder.Name,
            Messages = groups.Count == 0 ? records : unsettled.Count(),
            Records = records,
            Bytes = view.Bytes,
            FirstOffset = view.FirstOffset,
            NextOffset = view.Tail.Offset,
            Watermark = watermark.Offset,
            Segments = view.Segments,
            Syncs = view.Syncs.Count,
            SyncMicroseconds = view.Syncs.Microseconds,
            Lost = [.. LostLookup.All(folder.Log, watermark).Select(lost => new LostRange(lost.From, lost.To))],
            ReadOnlyReason = view.IsStuck ? "the tail segment failed and there is no room for the next one" : null,
            Paused = folder.Settings.IsPaused,
            Limits = folder.Settings.Limits,
            UniqueKeys = folder.File.Settings.UniqueKeys,
            Groups = groups,
        };
    }

    public static GroupDescription Describe(
        QueueFolder folder, GroupName name, IDirectory group, GroupStatus status, in LogMark watermark,
        long unproven = 0)
    {
        long lag = status.Ready + status.Leased + status.Delayed + status.Retrying;
        return new GroupDescription
        {
            Name = name,
            Floor = status.Floor,
            Ready = status.Ready,
            Leased = status.Leased,
            Delayed = status.Delayed,
            Retrying = status.Retrying,
            Lag = lag,
            BacklogSeconds = Math.Max(0, watermark.Sums.Microseconds - status.SettledMicroseconds)
                / MicrosecondsPerSecond,
            ObservedRatio = status.ObservedRatio,
            OldestAgeSeconds = lag == 0 ? null : OldestAge(folder, status.Floor, watermark),
            GroupPaused = GroupPause.IsSet(group),
            QueuePaused = folder.Settings.IsPaused,
            Trimmed = TrimmedCount.Read(group).Total,
            StopReason = status.StopReason ?? (unproven == 0
                ? null
                : $"{unproven} more wait until the disk has room to make them durable again"),
            Consumers =
            [
                .. status.Slots.Select(slot =>
                    new ConsumerDescription(slot.Pid, slot.Workers, slot.Leased, slot.SinceMicroseconds)),
            ],
        };
    }

    private static double? OldestAge(QueueFolder folder, long floor, in LogMark watermark)
    {
        if (floor >= watermark.Offset) return null;
        using var reader = new LogReader(folder.Log);
        var messages = new List<StoredMessage>();
        reader.Read(floor, floor + 1, watermark.Epoch, messages, 1);
        return messages.Count == 0
            ? null
            : Math.Max(0, folder.Log.UtcMicroseconds - messages[0].Message.TimestampMicroseconds)
                / MicrosecondsPerSecond;
    }
}
