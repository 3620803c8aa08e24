namespace Fiq.Simulation.Machine;

/// <summary>The clocks of a simulated machine: they go on by steps, and jump when all processes sleep.</summary>
internal sealed class SimClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Not 0: a timestamp of 0 means "never" to those who keep one.
    private long _ticks = TimeSpan.TicksPerSecond;

    private TimeSpan _set;

    public SimClock()
    {
    }

    /// <summary>Goes on from there.</summary>
    /// <param name="timestamp">In ticks.</param>
    /// <param name="wall">The time on the wall, in ticks.</param>
    public SimClock(long timestamp, long wall) =>
        (_ticks, _set) = (timestamp, new TimeSpan(wall - Start.Ticks - timestamp));

    /// <summary>How often somebody has set it.</summary>
    public int Sets { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks) + _set;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;

    /// <summary>Somebody sets the clock on the wall: timestamps go on as if nothing had happened.</summary>
    public void Set(TimeSpan by)
    {
        _set += by;
        Sets++;
    }
}
