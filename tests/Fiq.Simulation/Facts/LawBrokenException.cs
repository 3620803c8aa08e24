namespace Fiq.Simulation.Facts;

/// <summary>An invariant (I1 to I15) does not hold.</summary>
internal sealed class LawBrokenException(string law, string what) : Exception($"{law}: {what}")
{
    public string Law { get; } = law;

    public static void Unless(bool holds, string law, FormattableString what)
    {
        if (!holds) throw new LawBrokenException(law, FormattableString.Invariant(what));
    }
}
