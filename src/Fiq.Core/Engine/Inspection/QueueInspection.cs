namespace Fiq.Engine.Inspection;

/// <summary>What a verification says of a queue, in one word.</summary>
public enum QueueHealth
{
    /// <summary>Everything that was stored is there.</summary>
    Clean,

    /// <summary>Something unfinished lies behind the end, as a crash leaves it.</summary>
    TornTail,

    /// <summary>Something that was durable is not there, or not as it was.</summary>
    Damaged,
}

/// <summary>A damaged place.</summary>
/// <param name="File">The file, as named in the queue's folder.</param>
/// <param name="FromPosition">The first byte.</param>
/// <param name="ToPosition">One past the last byte; equal to the first when the whole file is concerned.</param>
/// <param name="What">What is wrong, in words.</param>
/// <param name="FromOffset">The first message lost with it.</param>
/// <param name="ToOffset">One past the last; equal to the first when no message is concerned.</param>
/// <param name="Settled">How many of these messages all groups had settled already.</param>
public sealed record DamageFinding(
    string File, long FromPosition, long ToPosition, string What, long FromOffset, long ToOffset, long Settled)
{
    /// <summary>How many messages are lost with it.</summary>
    public long Messages => ToOffset - FromOffset;
}

/// <summary>Messages that an earlier repair recorded as lost.</summary>
/// <param name="FromOffset">The first.</param>
/// <param name="ToOffset">One past the last.</param>
public sealed record LostRange(long FromOffset, long ToOffset);

/// <summary>What a verification found in a queue.</summary>
public sealed record QueueInspection
{
    /// <summary>The queue.</summary>
    public required QueueName Name { get; init; }

    /// <summary>The verdict.</summary>
    public required QueueHealth Health { get; init; }

    /// <summary>Whether processes were using it: then what they were just writing was not looked at.</summary>
    public required bool IsInUse { get; init; }

    /// <summary>The first offset kept.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>One past the last offset that is there or was there.</summary>
    public required long NextOffset { get; init; }

    /// <summary>Intact messages.</summary>
    public required long Messages { get; init; }

    /// <summary>Number of segment files.</summary>
    public required int Segments { get; init; }

    /// <summary>Bytes of the segment files.</summary>
    public required long Bytes { get; init; }

    /// <summary>The damaged places, in order.</summary>
    public required IReadOnlyList<DamageFinding> Damages { get; init; }

    /// <summary>What earlier repairs recorded as lost, in order.</summary>
    public required IReadOnlyList<LostRange> Lost { get; init; }

    /// <summary>Bytes behind the end that belong to nothing, as a crash leaves them.</summary>
    public required long TornBytes { get; init; }

    /// <summary>The file that ends in them; null when there are none.</summary>
    public string? TornFile { get; init; }

    /// <summary>Where in it they begin.</summary>
    public long TornPosition { get; init; }

    /// <summary>
    /// Whether it is certain that none of these bytes was ever acknowledged. After a power cut that is so unless the
    /// disk has damaged what it had synced last.
    /// </summary>
    public bool TornIsCertain { get; init; }

    /// <summary>
    /// Whole messages behind the last proof that they are on disk; the next producer or consumer makes them so.
    /// </summary>
    public long Unproven { get; init; }

    /// <summary>What a person should know and what harms nothing.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
