namespace Fiq.Simulation.Mutants;

/// <summary>A deliberate bug: one place of the source, and what it is replaced by.</summary>
/// <param name="Name">What the bug is.</param>
/// <param name="File">The file, below src/Fiq.Core.</param>
/// <param name="Original">What stands there, exactly once.</param>
/// <param name="Mutated">What stands there instead.</param>
/// <param name="Scenarios">In which scenarios it must show.</param>
internal sealed record Mutant(string Name, string File, string Original, string Mutated, params string[] Scenarios)
{
    /// <summary>The source with the bug in it.</summary>
    /// <exception cref="InvalidOperationException">The place is not there once: the source has changed.</exception>
    public string Apply(string source)
    {
        int at = source.IndexOf(Original, StringComparison.Ordinal);
        bool once = at >= 0 && source.IndexOf(Original, at + 1, StringComparison.Ordinal) < 0;
        return once
            ? source.Replace(Original, Mutated, StringComparison.Ordinal)
            : throw new InvalidOperationException($"{File} does not hold the place of \"{Name}\" exactly once");
    }
}
