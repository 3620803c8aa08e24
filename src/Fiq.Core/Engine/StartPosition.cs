namespace Fiq.Engine;

/// <summary>Where a new group begins.</summary>
public enum StartKind
{
    /// <summary>At the first message that is kept.</summary>
    First,

    /// <summary>Behind the newest message: only what comes later.</summary>
    Last,

    /// <summary>At an offset.</summary>
    Offset,

    /// <summary>At the first message stored at or after a time.</summary>
    Time,
}

/// <summary>A place in a queue.</summary>
/// <param name="Kind">How it is given.</param>
/// <param name="Value">The offset, or the time in microseconds since 1970 UTC; otherwise 0.</param>
public readonly record struct StartPosition(StartKind Kind, long Value)
{
    /// <summary>At the first message that is kept.</summary>
    public static StartPosition First => new(StartKind.First, 0);

    /// <summary>Behind the newest message.</summary>
    public static StartPosition Last => new(StartKind.Last, 0);

    /// <summary>At an offset.</summary>
    public static StartPosition At(long offset) => new(StartKind.Offset, offset);

    /// <summary>At the first message stored at or after a time, in microseconds since 1970 UTC.</summary>
    public static StartPosition Since(long microseconds) => new(StartKind.Time, microseconds);
}
