namespace Fiq;

/// <summary>
/// How far back a key is unique: among the messages of so much time, or among so many messages. One of both is above
/// zero.
/// </summary>
/// <param name="Microseconds">The time, in microseconds; 0 when messages are counted.</param>
/// <param name="Messages">The number of messages; 0 when time counts.</param>
public readonly record struct UniqueKeyWindow(long Microseconds, long Messages)
{
    /// <summary>
    /// The most messages in a window: each process that produces keeps their keys' hashes in memory, about 64 bytes
    /// each. With more in a window of time further messages are refused.
    /// </summary>
    public const long MessagesMax = 4 * 1024 * 1024;

    /// <summary>The longest window: a year, in microseconds.</summary>
    public const long MicrosecondsMax = 366L * 24 * 3600 * 1_000_000;

    /// <summary>A window of time.</summary>
    public static UniqueKeyWindow Of(TimeSpan time) => new((long)time.TotalMicroseconds, 0);

    /// <summary>A window of the last messages.</summary>
    public static UniqueKeyWindow OfMessages(long count) => new(0, count);

    /// <summary>Whether it is one that a queue can have.</summary>
    public bool IsValid => Messages == 0
        ? Microseconds is > 0 and <= MicrosecondsMax
        : Microseconds == 0 && Messages is > 0 and <= MessagesMax;
}
