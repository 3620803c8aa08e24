namespace Fiq;

/// <summary>How far a producer has come, as the queue knows it; all zero when the queue has nothing of it.</summary>
/// <param name="Sequence">The sequence of its last message; 0 when there is none.</param>
/// <param name="Offset">Where that message is.</param>
/// <param name="Note">What the producer noted with it.</param>
public readonly record struct ProducerPosition(ulong Sequence, long Offset, ReadOnlyMemory<byte> Note)
{
    /// <summary>The longest note, in bytes: enough to recognise where one was, not to carry anything.</summary>
    public const int NoteSizeMax = 64;

    /// <summary>Whether the queue has a message of this producer.</summary>
    public bool IsKnown => Sequence > 0;
}
