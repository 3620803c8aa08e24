namespace Fiq.Simulation.Machine;

/// <summary>What a machine's two clocks said: a timestamp, and the time on the wall, both in ticks.</summary>
internal readonly record struct Moment(long Timestamp, long Wall)
{
    /// <summary>What they say now.</summary>
    public static Moment Of(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow().UtcTicks);
}
