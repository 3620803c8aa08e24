namespace Fiq.Storage;

/// <summary>Messages that were damaged, as the batch says that a repair put in their place.</summary>
/// <param name="From">The first offset.</param>
/// <param name="To">One past the last.</param>
/// <param name="Microseconds">Their declared time together, as far as it is known.</param>
internal readonly record struct LostMessages(long From, long To, long Microseconds)
{
    public static LostMessages Of(in BatchHeader header) =>
        new(header.BaseOffset, header.EndOffset, header.LostMicroseconds);

    /// <summary>
    /// The part of the declared time that counts for one offset. Nobody knows what each declared, so the last one
    /// stands for all: whoever settles all of them has settled exactly their sum.
    /// </summary>
    public long MicrosecondsOf(long offset) => offset == To - 1 ? Microseconds : 0;
}
