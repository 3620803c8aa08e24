namespace Fiq;

/// <summary>What a queue is created with; kept in its <c>queue.json</c>.</summary>
public sealed record QueueSettings
{
    /// <summary>The smallest <see cref="SegmentBytes"/>: 1 MiB. Smaller ones would only be many.</summary>
    public const long SegmentBytesMin = 1024 * 1024;

    /// <summary>A segment is followed by the next when it would grow beyond this; in bytes, at least 1 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How far back keys are unique: a message whose key is in the window is acknowledged as a duplicate and not stored
    /// again. Null: keys need not be unique.
    /// </summary>
    public UniqueKeyWindow? UniqueKeys { get; init; }

    /// <summary>What the queue may hold and how long it keeps it, as far as that is said for this queue.</summary>
    public QueueLimits Limits { get; init; } = QueueLimits.None;
}
