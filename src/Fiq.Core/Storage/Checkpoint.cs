using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// The first batch of each segment: the table of producers as of the segment's start, so that it outlives deleted
/// segments. No producer is named yet, so the table is empty; its bytes are fixed in docs/format.md.
/// </summary>
internal static class Checkpoint
{
    /// <summary>Size of an empty table: its count and eight zero bytes.</summary>
    public const int EmptyBodySize = 16;

    /// <summary>Where every checkpoint stands: behind the segment header.</summary>
    public const long Position = SegmentHeader.Size;

    /// <summary>Writes the header and the body of an empty table; returns the header.</summary>
    public static BatchHeader Encode(SegmentHeader segment, long timestampMax, Span<byte> target)
    {
        Span<byte> body = target.Slice(BatchHeader.Size, EmptyBodySize);
        body.Clear();
        return new BatchHeader
        {
            Kind = BatchKind.Checkpoint,
            Ordinal = segment.Ordinal,
            Position = Position,
            BaseOffset = segment.BaseOffset,
            BodyLength = EmptyBodySize,
            DurableThrough = segment.BaseOffset,
            PreviousCrc = segment.Previous.LastHeaderCrc,
            BodyCrc = Crc32C.Compute(body),
            Sums = segment.Sums,
            TimestampMax = timestampMax,
        }.Encode(target, segment.Secret);
    }
}
