namespace Fiq.Cli.Produce;

/// <summary>Messages on their way to the queue.</summary>
/// <param name="Messages">The messages, in input order.</param>
/// <param name="Bytes">The size of their bodies.</param>
/// <param name="Lines">The line of each.</param>
/// <param name="Stored">Completes with an acknowledgement for each, or with the error for all.</param>
internal sealed record PendingBatch(
    IReadOnlyList<Message> Messages,
    long Bytes,
    IReadOnlyList<long> Lines,
    Task<IReadOnlyList<Acknowledgement>> Stored);
