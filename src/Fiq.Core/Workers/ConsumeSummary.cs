namespace Fiq.Workers;

/// <summary>Why a run ended.</summary>
public enum EndReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The group has nothing left.</summary>
    Empty,

    /// <summary>As many as asked for are done or dead.</summary>
    Count,

    /// <summary>Nothing came for long enough.</summary>
    Idle,

    /// <summary>Somebody stopped it.</summary>
    Stopped,

    /// <summary>Nobody reads the results any more.</summary>
    OutputClosed,

    /// <summary>An error.</summary>
    Failed,

    /// <summary>It was to end with the group, which is paused while something waits in it.</summary>
    Paused,
}

/// <summary>What a run has done.</summary>
public sealed record ConsumeSummary
{
    /// <summary>Why it ended.</summary>
    public EndReason Reason { get; init; }

    /// <summary>Messages done and settled.</summary>
    public long Done { get; init; }

    /// <summary>Attempts that failed; each is followed by another.</summary>
    public long Retried { get; init; }

    /// <summary>Messages that failed for good and are among the dead letters.</summary>
    public long Dead { get; init; }

    /// <summary>Messages handed back; others may take them at once.</summary>
    public long HandedBack { get; init; }

    /// <summary>Messages that went to another consumer while we had them; they may be worked on twice.</summary>
    public long LeasesLost { get; init; }

    /// <summary>Whether any message came at all.</summary>
    public bool AnyCame { get; init; }

    /// <summary>From the first claim to the last settlement.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Work done: the sum over all messages done, measured.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>Messages whose time has not come; counted when the group is empty or paused at the end.</summary>
    public long Delayed { get; init; }

    /// <summary>Why there may be more that could not be taken, when the group is empty or paused at the end.</summary>
    public string? StopReason { get; init; }

    /// <summary>What a handler said when it could not go on and ended the run; null when none did.</summary>
    public string? StopRequest { get; init; }

    /// <summary>Whether the group was paused by itself when the run ended for that.</summary>
    public bool GroupPaused { get; init; }

    /// <summary>Whether its queue was paused when the run ended for that.</summary>
    public bool QueuePaused { get; init; }
}

/// <summary>What still runs after a stop.</summary>
/// <param name="Messages">How many messages.</param>
/// <param name="Longest">Declared time left of the longest of them, as far as it is known.</param>
public readonly record struct Finishing(int Messages, TimeSpan Longest);
