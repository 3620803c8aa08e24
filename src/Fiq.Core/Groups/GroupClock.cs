namespace Fiq.Groups;

/// <summary>
/// The two clocks of a group. Within a boot times are timestamps: monotonic, the same in all processes. What outlives a
/// boot, or comes from a message, is time on the wall, which people set.
/// </summary>
internal sealed class GroupClock(TimeProvider time)
{
    /// <summary>When a clock on the wall has moved so far against the other, somebody has set it.</summary>
    public static readonly TimeSpan JumpMin = TimeSpan.FromSeconds(1);

    private const long MicrosecondsPerSecond = 1_000_000;

    // Whatever is further away is looked at again then. In nanoseconds it fits into a timestamp.
    private static readonly TimeSpan FarAway = TimeSpan.FromDays(36_500);

    /// <summary>The timestamp.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long Wall => (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The wall's clock less the timestamp, in microseconds.</summary>
    public long WallOffset => Wall - Microseconds(Now);

    /// <summary>The timestamp in so long.</summary>
    public long After(TimeSpan delay) => Now + Ticks(delay);

    /// <summary>The timestamp at a time on the wall; the past is now.</summary>
    public long AtWall(long wallMicroseconds) => After(Left(wallMicroseconds));

    /// <summary>The time on the wall at a timestamp.</summary>
    public long WallAt(long timestamp) => Wall + Microseconds(timestamp - Now);

    /// <summary>A length of time in the timestamp's ticks; at most a hundred years.</summary>
    public long Ticks(TimeSpan length) =>
        (long)((length < FarAway ? length : FarAway).TotalSeconds * time.TimestampFrequency);

    /// <summary>How long until a timestamp; zero when it has passed.</summary>
    public TimeSpan Until(long timestamp) =>
        TimeSpan.FromMicroseconds(Math.Max(0, Microseconds(timestamp - Now)));

    private TimeSpan Left(long wallMicroseconds)
    {
        var left = Math.Max(0, wallMicroseconds - Wall);
        return left > FarAway.TotalMicroseconds ? FarAway : TimeSpan.FromMicroseconds(left);
    }

    private long Microseconds(long ticks) =>
        (long)((Int128)ticks * MicrosecondsPerSecond / time.TimestampFrequency);
}
