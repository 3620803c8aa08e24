namespace Fiq.Simulation.Machine;

/// <summary>The only clock of a simulated machine: it goes on by steps, and jumps when all processes sleep.</summary>
internal sealed class SimClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Not 0: a timestamp of 0 means "never" to those who keep one.
    private long _ticks = TimeSpan.TicksPerSecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks);

    public void Advance(TimeSpan time) => _ticks += time.Ticks;
}
