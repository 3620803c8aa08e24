namespace Fiq.Storage.Producers;

/// <summary>How far a producer has come without a message that could say so.</summary>
/// <param name="Name">The producer.</param>
/// <param name="Position">Its position; the offset is that of its last message.</param>
internal sealed record ProducerMove(ProducerName Name, ProducerPosition Position);
