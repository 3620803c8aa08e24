using Fiq.Engine;

namespace Fiq.Cli.Plan;

/// <summary>What a group's backlog means in time, if nothing more comes and nothing fails.</summary>
/// <param name="Messages">How many are not settled.</param>
/// <param name="DeclaredSeconds">The work that they declare.</param>
/// <param name="ObservedRatio">How long work takes for each second that it declares; null when unknown.</param>
internal sealed record Forecast(long Messages, double DeclaredSeconds, double? ObservedRatio)
{
    /// <summary>A person can't start more, and a queue of so much work has other troubles.</summary>
    public const long WorkersMax = 1_000_000;

    /// <summary>The work as it will probably be.</summary>
    public double WorkSeconds => DeclaredSeconds * (ObservedRatio ?? 1);

    /// <summary>No number of workers is faster: a message is one worker's.</summary>
    public TimeSpan Fastest => Messages == 0 ? TimeSpan.Zero : Seconds(WorkSeconds / Messages);

    public static Forecast Of(GroupDescription group, double? observedRatio = null) =>
        new(group.Lag, group.BacklogSeconds, observedRatio);

    /// <summary>How long so many workers need; more workers than messages help nobody.</summary>
    public TimeSpan With(long workers) =>
        Messages == 0 ? TimeSpan.Zero : Seconds(WorkSeconds / Math.Min(workers, Messages));

    /// <summary>The fewest workers that need no longer than that; null when no number does.</summary>
    public long? WorkersFor(TimeSpan time)
    {
        if (WorkSeconds <= 0) return Messages == 0 ? 0 : 1;
        if (time <= TimeSpan.Zero) return null;
        double workers = Math.Max(1, Math.Ceiling((WorkSeconds / time.TotalSeconds) - 1e-9));
        return workers <= Math.Min(Messages, WorkersMax) ? (long)workers : null;
    }

    private static TimeSpan Seconds(double seconds) =>
        TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 4));
}
