namespace Fiq.Workers;

/// <summary>When a run ends by itself: as soon as one of the rules given holds; with none, never.</summary>
public sealed record StopRule
{
    /// <summary>Never by itself.</summary>
    public static readonly StopRule Never = new();

    /// <summary>
    /// When nothing is waiting, retrying or leased by any live consumer of the group; or when it is paused.
    /// </summary>
    public bool UntilEmpty { get; init; }

    /// <summary>
    /// With <see cref="UntilEmpty"/>: only once this has completed is an empty group, or a paused one, the end, because
    /// until then more comes. Null: at any time.
    /// </summary>
    public Task? After { get; init; }

    /// <summary>With <see cref="UntilEmpty"/>: waits for messages whose time has not come, too.</summary>
    public bool WaitsForDelayed { get; init; }

    /// <summary>When so many messages are done or dead; no more than these are claimed.</summary>
    public long? Count { get; init; }

    /// <summary>When free workers have waited so long and nothing came.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Whether the run has an end of its own.</summary>
    public bool Ends => UntilEmpty || Count is not null || Idle is not null;

    /// <summary>Whether an empty group is the end now.</summary>
    internal bool EndsEmpty => UntilEmpty && After is not { IsCompleted: false };
}
