namespace Fiq.Doctor;

/// <summary>How a probe ended.</summary>
public enum FindingOutcome
{
    /// <summary>As it must be.</summary>
    Fine,

    /// <summary>It works, but a person should know something.</summary>
    Warned,

    /// <summary>fiq can't keep its promises here.</summary>
    Failed,
}

/// <summary>What one probe found.</summary>
/// <param name="Name">Its name; never changes.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">What was found, in plain words.</param>
public sealed record Finding(string Name, FindingOutcome Outcome, string Text)
{
    /// <summary>What to do about it; null when there is nothing to do.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether it puts in doubt that what is acknowledged outlives a power cut.</summary>
    public bool DoubtsDurability { get; init; }

    /// <summary>What was measured, by names that say the unit and never change.</summary>
    public IReadOnlyDictionary<string, double> Measured { get; init; } = new Dictionary<string, double>();

    internal static Finding Fine(string name, string text) => new(name, FindingOutcome.Fine, text);

    internal static Finding Warned(string name, string text, string? advice = null) =>
        new(name, FindingOutcome.Warned, text) { Advice = advice };

    internal static Finding Failed(string name, string text, string? advice = null) =>
        new(name, FindingOutcome.Failed, text) { Advice = advice, DoubtsDurability = true };
}
