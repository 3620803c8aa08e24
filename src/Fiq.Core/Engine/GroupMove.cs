namespace Fiq.Engine;

/// <summary>What moving a group does to it.</summary>
/// <param name="From">The lowest offset that it had not settled.</param>
/// <param name="To">The offset at which it goes on.</param>
public sealed record GroupMove(long From, long To)
{
    /// <summary>Messages that it had not settled and does not get any more.</summary>
    public required long Skipped { get; init; }

    /// <summary>Declared work of these, in seconds.</summary>
    public required double SkippedSeconds { get; init; }

    /// <summary>Messages that it had settled and gets again.</summary>
    public required long Repeated { get; init; }

    /// <summary>Declared work of these, in seconds.</summary>
    public required double RepeatedSeconds { get; init; }
}
