namespace Fiq.Storage;

/// <summary>What a queue has taken since it was created; each batch header carries the sums up to its end.</summary>
/// <param name="Messages">Number of messages.</param>
/// <param name="Bytes">Bytes of their records.</param>
/// <param name="Microseconds">Declared processing time.</param>
internal readonly record struct RunningSums(long Messages, long Bytes, long Microseconds)
{
    public static RunningSums operator +(RunningSums left, RunningSums right) => new(
        left.Messages + right.Messages, left.Bytes + right.Bytes, left.Microseconds + right.Microseconds);
}
