namespace Fiq.Pipeline;

/// <summary>How a file is read.</summary>
public sealed record FileSourceOptions
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>A longer line is skipped and told with its size.</summary>
    public required long LineSizeMax { get; init; }

    /// <summary>Begin at byte 0 whatever is known of the file.</summary>
    public bool Again { get; init; }

    /// <summary>Go on as the file grows, and with the next one when it is replaced.</summary>
    public bool Follow { get; init; }

    /// <summary>Told, as a sentence, when another file is gone on with; on the reading thread.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>How often a file that is followed is looked at.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a file that was renamed must not grow until the next one is gone on with: whoever writes may not have
    /// noticed yet.
    /// </summary>
    public TimeSpan RotationPatience { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What is known of a file when its reading begins.</summary>
public enum FileStart
{
    /// <summary>Nothing: it begins at byte 0.</summary>
    New,

    /// <summary>The queue has lines of it: it goes on behind them.</summary>
    Continued,

    /// <summary>The queue has lines of another file at this path: it begins at byte 0.</summary>
    Replaced,

    /// <summary>The queue has lines of it, and they are wanted once more.</summary>
    Again,
}
