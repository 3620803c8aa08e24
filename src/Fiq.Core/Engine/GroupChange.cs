using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Changes a group that exists: pauses it, moves it, removes it. Moving and removing need a group without members, and
/// keep members out until they are done.
/// </summary>
internal static class GroupChange
{
    private const double MicrosecondsPerSecond = 1_000_000;

    /// <summary>Pauses or resumes; false when it was so already.</summary>
    public static bool Pause(AttachedQueue queue, GroupName name, bool paused)
    {
        bool changed = InGroup(queue, name, group => GroupPause.TrySet(group, paused));
        queue.Log.WakeReaders();
        return changed;
    }

    /// <summary>Lets a group go on elsewhere; with <paramref name="dryRun"/> only says what that would do.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.GroupActive"/>: it has members.</exception>
    public static GroupMove Seek(AttachedQueue queue, GroupName name, StartPosition to, bool dryRun) =>
        InGroup(queue, name, group =>
        {
            LogMark watermark = queue.Log.Watermark;
            GroupStart start = GroupBirth.Find(queue.Folder, queue.Log.FirstOffset, to, watermark);
            using GroupAlone alone = Enter(queue, name, group);
            GroupMove move = Measure(queue.Folder.Log, alone, start, watermark);
            if (!dryRun) alone.BeginAt(start);
            return move;
        });

    /// <summary>Removes a group with its progress; with <paramref name="dryRun"/> only asks whether it could.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.GroupActive"/>: it has members.</exception>
    public static bool Delete(AttachedQueue queue, GroupName name, bool dryRun) => InGroup(queue, name, group =>
    {
        using GroupAlone alone = Enter(queue, name, group);
        if (!dryRun) queue.Folder.RemoveGroup(name);
        return true;
    });

    private static T InGroup<T>(AttachedQueue queue, GroupName name, Func<IDirectory, T> change) =>
        queue.Log.WithGroupsLock(() =>
        {
            if (queue.Log.IsDeleted) throw LogErrors.Deleted();
            using IDirectory group = queue.Folder.TryOpenGroupDurably(name) ?? throw NotFound(queue, name);
            return change(group);
        });

    private static GroupAlone Enter(AttachedQueue queue, GroupName name, IDirectory group)
    {
        GroupContext context = queue.Folder.GroupOf(name);
        if (GroupAlone.TryEnter(group, context, ControlLocks.WaitLimit) is GroupAlone alone) return alone;
        IReadOnlyList<SlotStatus> members = GroupReader.Read(group, context, long.MaxValue).Slots;
        string by = members.Count == 0 ? "a consumer" : $"process {members[0].Pid}";
        throw new FiqException(
            ErrorCode.GroupActive,
            $"group \"{name}\" of queue \"{queue.Folder.Name}\" is in use by {by}",
            $"Stop its consumers first; fiq group show {queue.Folder.Name} {name} names them.")
        {
            Queue = queue.Folder.Name.ToString(),
        };
    }

    private static GroupMove Measure(
        LogContext log, GroupAlone alone, in GroupStart start, in LogMark watermark)
    {
        RecoveredGroup group = alone.Read();
        IReadOnlyList<OffsetRun> skipped = alone.UnsettledBelow(start.Offset);
        long microseconds = LogLookup.MicrosecondsIn(log, skipped.Select(run => (run.From, run.To)), watermark);
        long taken = Math.Min(start.Offset, group.Cursor);
        long openBelow = skipped.Sum(run => Math.Max(0, Math.Min(run.To, taken) - run.From));
        long openAbove = group.Cursor - group.Sums.SettledMessages - openBelow;
        return new GroupMove(group.Sums.Floor, start.Offset)
        {
            Skipped = skipped.Sum(run => run.To - run.From),
            SkippedSeconds = microseconds / MicrosecondsPerSecond,
            Repeated = group.Cursor - taken - openAbove,
            // Settled before, and all below the new place but for what is skipped: the rest is settled no more.
            RepeatedSeconds = Math.Max(0, group.SettledMicroseconds + microseconds - start.SettledMicroseconds)
                / MicrosecondsPerSecond,
        };
    }

    private static FiqException NotFound(AttachedQueue queue, GroupName name) => new(
        ErrorCode.GroupNotFound,
        $"no group \"{name}\" in queue \"{queue.Folder.Name}\"",
        $"fiq group list {queue.Folder.Name} shows what is there.");
}
