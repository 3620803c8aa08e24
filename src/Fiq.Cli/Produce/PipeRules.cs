using Fiq.Pipeline;
using Fiq.Workers;

namespace Fiq.Cli.Produce;

/// <summary>What differs between inputs.</summary>
internal sealed record PipeRules
{
    /// <summary>
    /// Whether more input is there at once; asked where a text line says <c>exit</c>, which ends the input. Null: no
    /// line ends it, as in a file.
    /// </summary>
    public Func<bool>? InputIsReady { get; init; }

    /// <summary>How messages get their sequences; null: they have none.</summary>
    public INumbering? Numbering { get; init; }

    /// <summary>How fast messages may be stored; null: as fast as can be.</summary>
    public Pacer? Pacer { get; init; }

    /// <summary>Told of the number of messages stored, after each batch.</summary>
    public Action<long>? Told { get; init; }

    /// <summary>
    /// How to go on from a line, for an input that stopped there; null: with the rest of the input.
    /// </summary>
    public Func<long, string>? GoOn { get; init; }
}
