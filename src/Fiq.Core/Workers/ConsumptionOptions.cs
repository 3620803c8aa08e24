namespace Fiq.Workers;

/// <summary>How a run works.</summary>
public sealed record ConsumptionOptions
{
    /// <summary>The most workers of a run: each may hold a message of the largest size in memory.</summary>
    public const int WorkersMax = 10_000;

    /// <summary>How many messages are worked on at a time; 1 to <see cref="WorkersMax"/>.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How long running work may go on after <see cref="Consumption.Stop"/>.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often failing work is tried, and how long it waits in between.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>
    /// How long one attempt may take: then its handler is cancelled, and the attempt has failed. Null: no limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many messages this run begins per second at most, evenly spread. Null: as fast as it can.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>When the run ends by itself.</summary>
    public StopRule StopRule { get; init; } = StopRule.Never;
}
