using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// A place between two batches: the tail or the watermark. Offset and position mean something only together with
/// the epoch, so they travel as one value.
/// </summary>
/// <param name="Epoch">The ordinal of the segment.</param>
/// <param name="SegmentBase">That segment's first offset, which completes its file name.</param>
/// <param name="Position">One past the last byte.</param>
/// <param name="Offset">One past the last message.</param>
/// <param name="LastHeaderPosition">Where the header of the last batch stands.</param>
/// <param name="LastHeaderCrc">That header's checksum.</param>
/// <param name="Sums">Sums up to here.</param>
/// <param name="TimestampMax">The largest timestamp up to here.</param>
internal readonly record struct LogMark(
    long Epoch,
    long SegmentBase,
    long Position,
    long Offset,
    long LastHeaderPosition,
    uint LastHeaderCrc,
    RunningSums Sums,
    long TimestampMax)
{
    /// <summary>Size in a shared page, in bytes.</summary>
    public const int Size = 80;

    private const int CrcAt = 44;

    public SegmentName Segment => new(Epoch, SegmentBase);

    /// <summary>The place behind a batch.</summary>
    public static LogMark Behind(in BatchHeader header, long segmentBase) => new(
        header.Ordinal,
        segmentBase,
        header.EndPosition,
        header.EndOffset,
        header.Position,
        header.Crc,
        header.Sums,
        header.TimestampMax);

    /// <summary>The end of the segment, should it end here.</summary>
    public SegmentEnd ToEnd(EndReason reason) => new(Epoch, Position, Offset, LastHeaderCrc, reason);

    public void Encode(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], SegmentBase);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], LastHeaderPosition);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], LastHeaderCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], Sums.Messages);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], Sums.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[64..], Sums.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], TimestampMax);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], Crc32C.Compute(bytes[..Size]));
    }

    public static bool TryDecode(Span<byte> bytes, out LogMark mark)
    {
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], 0);
        mark = default;
        if (Crc32C.Compute(bytes[..Size]) != crc) return false;
        mark = new LogMark(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            new RunningSums(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[64..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]));
        return mark.Epoch > 0;
    }
}
