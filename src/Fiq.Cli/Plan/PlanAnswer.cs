namespace Fiq.Cli.Plan;

/// <summary>The answer to "when, with how many?".</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Group">The group.</param>
/// <param name="Forecast">Its backlog.</param>
/// <param name="By">When it is to be done; null when the number of workers was given.</param>
/// <param name="Workers">How many; null when no number of them is enough.</param>
/// <param name="Now">When this was asked.</param>
internal sealed record PlanAnswer(
    QueueName Queue, GroupName Group, Forecast Forecast, DateTimeOffset? By, long? Workers, DateTimeOffset Now)
{
    /// <summary>How long it takes then.</summary>
    public TimeSpan Takes => Workers is { } workers and > 0 ? Forecast.With(workers) : Forecast.Fastest;

    public DateTimeOffset DoneAt => Now + Takes;
}
