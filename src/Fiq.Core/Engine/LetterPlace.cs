namespace Fiq.Engine;

/// <summary>
/// Where a dead letter was read, so that nobody has to look for it: offsets are given once in the life of a queue.
/// </summary>
/// <param name="Box">The id of the queue of dead letters.</param>
/// <param name="Offsets">The letter and its copies, ascending.</param>
internal sealed record LetterPlace(ulong Box, IReadOnlyList<long> Offsets);
