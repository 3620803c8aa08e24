using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// The first 256 bytes of a segment, written once, before it gets its name. docs/format.md draws them.
/// </summary>
internal sealed record SegmentHeader
{
    /// <summary>Its size in bytes.</summary>
    public const int Size = 256;

    private const ulong Magic = 0x0A31_4745_5351_4946; // "FIQSEG1\n"
    private const int CrcAt = Size - sizeof(uint);

    public required ulong QueueId { get; init; }

    public required long Ordinal { get; init; }

    public required long BaseOffset { get; init; }

    /// <summary>The end of the predecessor; ordinal 0 when there is none.</summary>
    public required SegmentEnd Previous { get; init; }

    /// <summary>
    /// Seeds the checksum of every batch header here, so that no payload can pass for one. Never shown.
    /// </summary>
    public required ulong Secret { get; init; }

    public required long CreatedMicroseconds { get; init; }

    /// <summary>Sums of all messages below <see cref="BaseOffset"/>.</summary>
    public required RunningSums Sums { get; init; }

    /// <summary>How far the segment was written, and synced, before it got its name: a proof from birth.</summary>
    public required long BornPosition { get; init; }

    /// <summary>The offset that goes with <see cref="BornPosition"/>.</summary>
    public required long BornOffset { get; init; }

    /// <summary>Features that a reader must understand.</summary>
    public ulong Features { get; init; }

    public SegmentName Name => new(Ordinal, BaseOffset);

    /// <summary>Writes the 256 bytes, the checksum last.</summary>
    public void Encode(Span<byte> target)
    {
        Span<byte> bytes = target[..Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], FormatVersion.Current);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Size);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], Features);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], QueueId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], BaseOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], Previous.Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[64..], Previous.Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], Previous.Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[80..], Previous.LastHeaderCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[84..], (uint)Previous.Reason);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[88..], Secret);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[96..], CreatedMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[104..], Sums.Messages);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[112..], Sums.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[120..], Sums.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[128..], BornPosition);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[136..], BornOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], Crc32C.Compute(bytes[..CrcAt]));
    }

    /// <summary>Whether these bytes are a segment header as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> bytes) => bytes.Length >= Size
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]) == Crc32C.Compute(bytes[..CrcAt]);

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="DamagedException">Too short, no segment of ours, or its checksum is wrong.</exception>
    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>: a newer format.</exception>
    public static SegmentHeader Decode(string file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size) throw new DamagedException(file, bytes.Length, Size, "the segment header is cut off");
        bytes = bytes[..Size];
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
            throw new DamagedException(file, 0, 8, "this is not the beginning of a segment");
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]);
        bool intact = Crc32C.Compute(bytes[..CrcAt]) == crc;
        if (!intact) throw new DamagedException(file, 0, Size, "the checksum of the segment header is wrong");
        FormatVersion.Check(
            file,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
        return new SegmentHeader
        {
            Features = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            QueueId = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            Ordinal = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BaseOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            Previous = new SegmentEnd(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[64..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[80..]),
                (EndReason)BinaryPrimitives.ReadUInt32LittleEndian(bytes[84..])),
            Secret = BinaryPrimitives.ReadUInt64LittleEndian(bytes[88..]),
            CreatedMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[96..]),
            Sums = new RunningSums(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[104..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[112..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[120..])),
            BornPosition = BinaryPrimitives.ReadInt64LittleEndian(bytes[128..]),
            BornOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[136..]),
        };
    }
}
