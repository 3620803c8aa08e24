namespace Fiq.Workers;

/// <summary>
/// How often failing work is tried, and how long it waits in between: exponential back-off with full jitter (any time
/// up to the bound is equally likely), so that what failed together does not come back together.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The most attempts that can be asked for.</summary>
    public const int AttemptsCeiling = 1_000;

    /// <summary>Five attempts, one second to five minutes apart.</summary>
    public static readonly RetryPolicy Default = new();

    /// <summary>After so many attempts a message is dead; 1 to <see cref="AttemptsCeiling"/>.</summary>
    public int AttemptsMax { get; init; } = 5;

    /// <summary>
    /// So many attempts may be made, if that is more, of a message whose last one ended with its consumer: where
    /// consumers are killed for other reasons than what they work on, that is no fault of the message.
    /// </summary>
    public int InterruptedAttemptsMax { get; init; }

    /// <summary>The bound of the first wait.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No wait is longer.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The wait after a failed attempt, counted from 1: a share of the bound, which doubles with each attempt.
    /// </summary>
    /// <param name="attempt">The attempt that failed.</param>
    /// <param name="share">A number from 0 up to 1, drawn at random.</param>
    public TimeSpan DelayAfter(int attempt, double share)
    {
        double bound = BackoffMin.TotalSeconds * Math.Pow(2, Math.Max(0, attempt - 1));
        return TimeSpan.FromSeconds(Math.Min(bound, BackoffMax.TotalSeconds) * share);
    }
}
