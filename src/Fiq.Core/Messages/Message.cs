namespace Fiq;

/// <summary>What a user produces. Bodies are bytes and stay exactly as given.</summary>
public sealed record Message
{
    /// <summary>The largest body a queue accepts unless it sets a lower limit: 16 MiB.</summary>
    public const int BodySizeMax = 16 * 1024 * 1024;

    /// <summary>The longest declared processing time: one day, in microseconds.</summary>
    public const long ProcessingMicrosecondsMax = 86_400_000_000;

    /// <summary>The highest priority; 0 is the default and the lowest.</summary>
    public const int PriorityMax = 9;

    /// <summary>The key, or empty.</summary>
    public MessageKey Key { get; init; }

    /// <summary>The body's bytes. The caller does not change them until the message is acknowledged.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Declared processing time in microseconds, 0 to <see cref="ProcessingMicrosecondsMax"/>.</summary>
    public long ProcessingMicroseconds { get; init; }

    /// <summary>Priority 0 to 9.</summary>
    public int Priority { get; init; }

    /// <summary>Not to be handed out before this time: microseconds since 1970 UTC; 0 means at once.</summary>
    public long NotBeforeMicroseconds { get; init; }

    /// <summary>Headers; never null.</summary>
    public MessageHeaders Headers { get; init; } = MessageHeaders.None;

    /// <summary>The only group it is for: others pass it over; null, the rule, when it is for all.</summary>
    public GroupName? ForGroup { get; init; }

    /// <summary>
    /// Its number among the messages of its producer, 1 or more and larger than those before; 0, the rule, when its
    /// producer has no name. A message whose sequence was reached before is a duplicate, and not stored again.
    /// </summary>
    public ulong Sequence { get; init; }

    /// <summary>
    /// What the queue shall remember with the sequence, at most <see cref="ProducerPosition.NoteSizeMax"/> bytes that
    /// mean something to the producer alone.
    /// </summary>
    public ReadOnlyMemory<byte> ProducerNote { get; init; }

    /// <summary>
    /// When it was appended: microseconds since 1970 UTC. Set by the queue; ignored in what is produced.
    /// </summary>
    public long TimestampMicroseconds { get; init; }
}
