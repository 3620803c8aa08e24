namespace Fiq;

/// <summary>How safe an acknowledged message is.</summary>
public enum Durability
{
    /// <summary>On disk: a sync that started after the write has returned.</summary>
    Synced,

    /// <summary>With the kernel: survives the death of every process, not a power cut.</summary>
    Written,
}

/// <summary>The answer to a produced message: it is stored.</summary>
/// <param name="Offset">Its dense number in the queue, or <see cref="UnknownOffset"/>.</param>
/// <param name="Durability">How safe it is.</param>
/// <param name="Duplicate">It was stored before by the same producer and sequence.</param>
public readonly record struct Acknowledgement(long Offset, Durability Durability, bool Duplicate)
{
    /// <summary>
    /// Of a duplicate by its sequence: the queue keeps only how far a producer has come, and not where each message is.
    /// </summary>
    public const long UnknownOffset = -1;
}
