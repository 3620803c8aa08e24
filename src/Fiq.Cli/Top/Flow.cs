using Fiq.Engine;

namespace Fiq.Cli.Top;

/// <summary>How much flows into a queue and out of its groups, from one look at it to the next.</summary>
internal sealed class Flow
{
    /// <summary>The time to empty is judged by so many looks: calm enough to read, quick enough to believe.</summary>
    private const int LooksMax = 10;

    private const double MicrosecondsPerMillisecond = 1_000;

    private readonly Queue<Look> _looks = new();

    /// <summary>Takes a look and says what flows.</summary>
    /// <param name="queue">The queue as it is.</param>
    /// <param name="at">When, in seconds on any steady clock.</param>
    public QueueFrame Next(QueueDescription queue, double at)
    {
        var look = new Look(
            at,
            queue.NextOffset,
            queue.Syncs,
            queue.SyncMicroseconds,
            queue.Groups.ToDictionary(group => group.Name, group => queue.NextOffset - group.Lag));
        Look? last = _looks.Count > 0 ? _looks.Last() : null;
        Look? first = _looks.Count > 0 ? _looks.Peek() : null;
        _looks.Enqueue(look);
        if (_looks.Count > LooksMax) _looks.Dequeue();
        return new QueueFrame(
            queue,
            last is null ? null : PerSecond(look.Next - last.Next, look.At - last.At),
            last is null ? null : SyncsBetween(last, look),
            [.. queue.Groups.Select(group => FlowOf(group, look, last, first))]);
    }

    private static GroupFlow FlowOf(GroupDescription group, Look look, Look? last, Look? first)
    {
        double? settled = last is null ? null : Settled(group.Name, last, look);
        return new GroupFlow(group, settled, group.Lag == 0 ? 0 : EmptySeconds(group, look, first));
    }

    private static double? EmptySeconds(GroupDescription group, Look look, Look? first)
    {
        if (first is null || Settled(group.Name, first, look) is not { } settled) return null;
        double falling = settled - PerSecond(look.Next - first.Next, look.At - first.At);
        return falling > 0 ? group.Lag / falling : null;
    }

    private static SyncFlow SyncsBetween(Look last, Look look)
    {
        // They may wrap around; and less than before, in a page that was made anew, is nothing that can be told.
        long count = Math.Max(0, unchecked(look.Syncs - last.Syncs));
        long microseconds = Math.Max(0, unchecked(look.SyncMicroseconds - last.SyncMicroseconds));
        return new SyncFlow(
            count == 0 ? null : (double)microseconds / count / MicrosecondsPerMillisecond,
            PerSecond(count, look.At - last.At));
    }

    /// <summary>Settled per second; null when the group is new.</summary>
    private static double? Settled(GroupName group, Look from, Look to) =>
        from.Settled.TryGetValue(group, out long before)
            ? PerSecond(to.Settled[group] - before, to.At - from.At)
            : null;

    /// <summary>Never negative: a group that was put back has settled nothing.</summary>
    private static double PerSecond(long count, double seconds) => seconds > 0 ? Math.Max(0, count) / seconds : 0;

    private sealed record Look(
        double At, long Next, long Syncs, long SyncMicroseconds, IReadOnlyDictionary<GroupName, long> Settled);
}

/// <summary>A queue at one moment.</summary>
/// <param name="Queue">What is in it.</param>
/// <param name="InPerSecond">Messages stored per second since the last frame; null in the first.</param>
/// <param name="Syncs">How its data was synced since the last frame; null in the first.</param>
/// <param name="Groups">Its groups.</param>
internal sealed record QueueFrame(
    QueueDescription Queue, double? InPerSecond, SyncFlow? Syncs, IReadOnlyList<GroupFlow> Groups);

/// <summary>How a queue's data was synced, by all of its processes.</summary>
/// <param name="Milliseconds">How long a sync took on average; null when there was none.</param>
/// <param name="PerSecond">How many there were.</param>
internal sealed record SyncFlow(double? Milliseconds, double PerSecond);

/// <summary>A group at one moment.</summary>
/// <param name="Group">What it has to do.</param>
/// <param name="OutPerSecond">Messages settled per second since the last frame; null in the first.</param>
/// <param name="EmptySeconds">When it is empty if all goes on like this; null when it does not get less.</param>
internal sealed record GroupFlow(GroupDescription Group, double? OutPerSecond, double? EmptySeconds);
