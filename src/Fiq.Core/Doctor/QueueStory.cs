namespace Fiq.Doctor;

/// <summary>What a queue's control page and locks tell, without attaching and without changing anything.</summary>
public sealed record QueueStory
{
    /// <summary>The queue.</summary>
    public required QueueName Name { get; init; }

    /// <summary>Whether the page is one that this fiq understands, and this queue's.</summary>
    public required bool PageIsValid { get; init; }

    /// <summary>Whether the page is of this boot of the machine; of another it is only a hint.</summary>
    public required bool PageIsOfThisBoot { get; init; }

    /// <summary>The page's layout.</summary>
    public required long PageLayout { get; init; }

    /// <summary>The locks, in the order in which they are taken.</summary>
    public required IReadOnlyList<LockStory> Locks { get; init; }

    /// <summary>The offset that the next message gets, as the page says; null when it does not.</summary>
    public required long? TailOffset { get; init; }

    /// <summary>The tail segment's ordinal, as the page says; null when it does not.</summary>
    public required long? TailSegment { get; init; }

    /// <summary>The first offset that is not durable, as the page says; null when it does not.</summary>
    public required long? Watermark { get; init; }

    /// <summary>Why nothing can be appended now; null when nothing speaks against it.</summary>
    public required string? StuckReason { get; init; }

    /// <summary>What happened last, oldest first; the page keeps 256 events and no times.</summary>
    public required IReadOnlyList<EventStory> Events { get; init; }
}

/// <summary>A lock of a queue.</summary>
/// <param name="Name">Its name; never changes.</param>
/// <param name="IsHeld">Whether somebody holds it now.</param>
/// <param name="LastPid">Who took it last, as that process sees itself; 0 when nobody did. For messages only.</param>
public sealed record LockStory(string Name, bool IsHeld, int LastPid);

/// <summary>Something that happened to a queue.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="Name">What, by a name that never changes.</param>
/// <param name="Segment">The ordinal of the segment; null where there is none.</param>
/// <param name="Offset">The offset that goes with it; null where there is none.</param>
/// <param name="Text">The same in plain words.</param>
public sealed record EventStory(long Number, string Name, long? Segment, long? Offset, string Text);
