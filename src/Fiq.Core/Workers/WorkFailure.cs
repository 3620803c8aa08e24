namespace Fiq.Workers;

/// <summary>Work that failed: why, and what follows.</summary>
public sealed record WorkFailure
{
    /// <summary>So much of an error is kept with a message: the beginning says what, the rest says where.</summary>
    public const int ErrorLengthMax = 1_000;

    /// <summary>Why; at most <see cref="ErrorLengthMax"/> characters.</summary>
    public required string Error { get; init; }

    /// <summary>Whether no attempt follows: it goes to the dead letters.</summary>
    public bool IsDead { get; init; }

    /// <summary>How many attempts were made, this one among them.</summary>
    public int Attempts { get; init; }

    /// <summary>How many are made at most.</summary>
    public int AttemptsMax { get; init; }

    /// <summary>How long it waits for its next attempt; zero when it is dead.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The part of an error that is kept; never half a character.</summary>
    public static string Shorten(string error)
    {
        if (error.Length <= ErrorLengthMax) return error;
        int length = char.IsHighSurrogate(error[ErrorLengthMax - 1]) ? ErrorLengthMax - 1 : ErrorLengthMax;
        return error[..length];
    }
}
