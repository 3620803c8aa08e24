namespace Fiq.Storage.Inspection;

/// <summary>A place in a segment that is not what was written there, and what its neighbours say about it.</summary>
/// <param name="FromPosition">Its first byte: where the last intact batch ends.</param>
/// <param name="ToPosition">One past its last byte: where the next intact batch begins, or the segment ends.</param>
/// <param name="FromOffset">The first message that is lost with it.</param>
/// <param name="ToOffset">One past the last; equal to the first when no message is concerned.</param>
/// <param name="What">What is wrong, in words.</param>
internal sealed record SegmentDamage(
    long FromPosition, long ToPosition, long FromOffset, long ToOffset, string What)
{
    /// <summary>The chain's link before it.</summary>
    public required uint PreviousCrc { get; init; }

    /// <summary>The link that the next intact batch, or the successor, names; null when nobody names one.</summary>
    public uint? NextCrc { get; init; }

    /// <summary>Sums before it.</summary>
    public required RunningSums Before { get; init; }

    /// <summary>Sums behind it, as far as they are known.</summary>
    public required RunningSums After { get; init; }

    /// <summary>The largest timestamp before it.</summary>
    public long TimestampMax { get; init; }

    /// <summary>Whether it reaches to the end of the log: no intact batch follows, and no successor.</summary>
    public bool IsEnd { get; init; }
}

/// <summary>A stretch of a segment: damage, or an intact batch where there is none.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Damage">The damage, or null.</param>
/// <param name="SumsFit">Whether the batch's running sums are those before it and its own.</param>
internal readonly record struct SegmentPiece(BatchHeader Batch, SegmentDamage? Damage, bool SumsFit = true);

/// <summary>How far a segment is to be examined.</summary>
/// <param name="Position">One past the last byte that counts; the largest number when only the proof is known.</param>
/// <param name="Offset">Every message below it was durable.</param>
/// <param name="LastHeaderCrc">Checksum of the last batch header, when somebody states it.</param>
/// <param name="Sums">Sums up to the end, when somebody states them.</param>
internal readonly record struct SegmentLimit(long Position, long Offset, uint? LastHeaderCrc, RunningSums? Sums)
{
    /// <summary>A place that was durable, with the header that led to it; null when none is known.</summary>
    public LogMark? Watermark { get; init; }

    /// <summary>Whether it is known where the segment ends.</summary>
    public bool IsStated => Position != long.MaxValue;

    /// <summary>An end that a successor's header or a watermark states.</summary>
    public static SegmentLimit Stated(in SegmentEnd end, RunningSums sums) =>
        new(end.Position, end.Offset, end.LastHeaderCrc, sums);

    /// <summary>No end; only proofs.</summary>
    public static SegmentLimit Proven(long offset) => new(long.MaxValue, offset, null, null);
}
