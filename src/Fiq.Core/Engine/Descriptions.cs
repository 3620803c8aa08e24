using Fiq.Engine.Inspection;

namespace Fiq.Engine;

/// <summary>What is in a queue.</summary>
public sealed record QueueDescription
{
    /// <summary>The queue's name.</summary>
    public required QueueName Name { get; init; }

    /// <summary>Messages not yet settled by at least one group; all of them when there is no group.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages kept on disk.</summary>
    public required long Records { get; init; }

    /// <summary>Bytes on disk of all segments.</summary>
    public required long Bytes { get; init; }

    /// <summary>The offset of the first message kept.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>The offset that the next message will get.</summary>
    public required long NextOffset { get; init; }

    /// <summary>The first offset that is not yet durable; readers stop there.</summary>
    public required long Watermark { get; init; }

    /// <summary>Number of segment files.</summary>
    public required int Segments { get; init; }

    /// <summary>
    /// How often its processes have synced what was appended, counted from any moment on; 0 where that is not known.
    /// From one description to the next it says how often.
    /// </summary>
    public long Syncs { get; init; }

    /// <summary>What these syncs took together, in microseconds, counted from the same moment on.</summary>
    public long SyncMicroseconds { get; init; }

    /// <summary>Messages that a repair recorded as lost, among those kept; groups pass over them.</summary>
    public IReadOnlyList<LostRange> Lost { get; init; } = [];

    /// <summary>Why nothing can be appended now; null when it can.</summary>
    public string? ReadOnlyReason { get; init; }

    /// <summary>Whether nothing is taken from it for now.</summary>
    public bool Paused { get; init; }

    /// <summary>
    /// What it may hold and how long it keeps it, wherever that is said; all stated but the free-space floor.
    /// </summary>
    public QueueLimits Limits { get; init; } = QueueLimits.BuiltIn;

    /// <summary>How far back keys are unique; null when they need not be. Fixed when the queue is made.</summary>
    public UniqueKeyWindow? UniqueKeys { get; init; }

    /// <summary>The groups, in order of their names.</summary>
    public required IReadOnlyList<GroupDescription> Groups { get; init; }

    /// <summary>Seconds of declared work waiting in the slowest group.</summary>
    public double BacklogSeconds => Groups.Count == 0 ? 0 : Groups.Max(group => group.BacklogSeconds);

    /// <summary>Age in seconds of the oldest message that a group has not settled; null when there is none.</summary>
    public double? OldestAgeSeconds => Groups.Max(group => group.OldestAgeSeconds);
}

/// <summary>The progress of a group.</summary>
public sealed record GroupDescription
{
    /// <summary>The group's name.</summary>
    public required GroupName Name { get; init; }

    /// <summary>Everything below this offset is settled.</summary>
    public required long Floor { get; init; }

    /// <summary>Messages that can be taken now.</summary>
    public required long Ready { get; init; }

    /// <summary>Messages that a live consumer has taken.</summary>
    public required long Leased { get; init; }

    /// <summary>Messages whose time has not come.</summary>
    public required long Delayed { get; init; }

    /// <summary>Messages that failed and wait for another attempt.</summary>
    public required long Retrying { get; init; }

    /// <summary>Messages that the group has given up, and that nobody has looked after yet.</summary>
    public long Dead { get; init; }

    /// <summary>Messages not settled: ready, leased, delayed and retrying.</summary>
    public required long Lag { get; init; }

    /// <summary>Declared work of all unsettled messages, in seconds.</summary>
    public required double BacklogSeconds { get; init; }

    /// <summary>Age in seconds of the oldest unsettled message; null when there is none.</summary>
    public double? OldestAgeSeconds { get; init; }

    /// <summary>
    /// Measured work over declared work of what the group has done since its first consumer came; null when nothing
    /// is known of it.
    /// </summary>
    public double? ObservedRatio { get; init; }

    /// <summary>Whether nothing is taken for now, because the group or its queue is paused.</summary>
    public bool Paused => GroupPaused || QueuePaused;

    /// <summary>Whether the group is paused by itself.</summary>
    public bool GroupPaused { get; init; }

    /// <summary>Whether its queue is paused, and so all its groups.</summary>
    public bool QueuePaused { get; init; }

    /// <summary>Messages that went before the group had settled them, because the queue drops the oldest.</summary>
    public long Trimmed { get; init; }

    /// <summary>Why the group takes no more messages although there are some; null when it does.</summary>
    public string? StopReason { get; init; }

    /// <summary>The live consumers.</summary>
    public required IReadOnlyList<ConsumerDescription> Consumers { get; init; }
}

/// <summary>A live consumer of a group.</summary>
/// <param name="Pid">Its process id, as it sees itself.</param>
/// <param name="Workers">How many workers it runs.</param>
/// <param name="Leased">How many messages it has taken and not settled.</param>
/// <param name="SinceMicroseconds">When it joined: microseconds since 1970 UTC.</param>
public sealed record ConsumerDescription(int Pid, int Workers, long Leased, long SinceMicroseconds);
