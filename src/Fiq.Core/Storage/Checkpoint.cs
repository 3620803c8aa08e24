using Fiq.Files;
using Fiq.Storage.Producers;

namespace Fiq.Storage;

/// <summary>
/// The first batch of each segment: the table of producers as of the segment's start, so that it outlives deleted
/// segments. docs/format.md draws it. Everybody who begins a segment makes its checkpoint here.
/// </summary>
internal static class Checkpoint
{
    /// <summary>Size of the body while no producer has a name.</summary>
    public const int EmptyBodySize = ProducerTable.EmptySize;

    /// <summary>Where every checkpoint stands: behind the segment header.</summary>
    public const long Position = SegmentHeader.Size;

    /// <summary>The bytes of header and body for a segment, and the header.</summary>
    public static (byte[] Bytes, BatchHeader Header) Encode(
        SegmentHeader segment, long timestampMax, ProducerTable producers)
    {
        byte[] bytes = new byte[BatchHeader.Size + producers.Size];
        Span<byte> body = bytes.AsSpan(BatchHeader.Size);
        producers.Encode(body);
        BatchHeader header = new BatchHeader
        {
            Kind = BatchKind.Checkpoint,
            Ordinal = segment.Ordinal,
            Position = Position,
            BaseOffset = segment.BaseOffset,
            BodyLength = body.Length,
            DurableThrough = segment.BaseOffset,
            PreviousCrc = segment.Previous.LastHeaderCrc,
            BodyCrc = Crc32C.Compute(body),
            Sums = segment.Sums,
            TimestampMax = timestampMax,
        }.Encode(bytes, segment.Secret);
        return (bytes, header);
    }

    /// <summary>The table that a segment begins with.</summary>
    /// <exception cref="DamagedException">It is not what was written.</exception>
    public static ProducerTable Read(SegmentFile segment)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        int read = segment.Read(bytes, Position);
        bool isThere = BatchHeader.TryDecode(
            bytes[..read], segment.Header.Secret, segment.Header.Ordinal, Position, out BatchHeader header);
        if (!isThere) throw Damaged(segment, Position + BatchHeader.Size);
        // Nearly every queue has no named producers: then there is nothing to read.
        if (header.BodyLength <= EmptyBodySize) return new ProducerTable();
        byte[] body = new byte[header.BodyLength];
        return BatchBody.TryRead(segment, header, body) && ProducerTable.TryDecode(body) is ProducerTable table
            ? table
            : throw Damaged(segment, header.EndPosition);
    }

    private static DamagedException Damaged(SegmentFile segment, long to) =>
        new(segment.Name.ToString(), Position, to, "the table of producers is not what was written");
}
