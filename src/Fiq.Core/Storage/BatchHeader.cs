using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>What a batch holds.</summary>
internal enum BatchKind : byte
{
    /// <summary>Messages.</summary>
    Data = 1,

    /// <summary>The table of producers as of the segment's start; takes no offset.</summary>
    Checkpoint = 2,

    /// <summary>
    /// Stands in the place of messages that were lost: it takes their offsets and their bytes and holds nothing.
    /// Written by repair only.
    /// </summary>
    Lost = 3,
}

/// <summary>What a batch is, in bits; unknown bits are refused.</summary>
[Flags]
internal enum BatchFlags : ushort
{
    None = 0,

    /// <summary>Answered before it was synced (interval mode); carried over when its segment fails.</summary>
    Written = 1,

    /// <summary>Some record has a producer and a sequence.</summary>
    HasProducers = 2,

    /// <summary>The next batch belongs to the same all-or-nothing request.</summary>
    Continues = 4,

    /// <summary>Every flag that this version knows.</summary>
    Known = Written | HasProducers | Continues,
}

/// <summary>
/// The 128 bytes before each batch. The part known before a place is known (count, lengths, checksum of the body) is
/// filled when encoding; the rest is stamped under the append lock. docs/format.md draws them.
/// </summary>
internal readonly record struct BatchHeader
{
    /// <summary>Its size in bytes.</summary>
    public const int Size = 128;

    /// <summary>The first four bytes, "FIQB".</summary>
    public const uint Magic = 0x4251_4946;

    /// <summary>No body is larger: one message of 16 MiB with its headers fits.</summary>
    public const int BodySizeMax = 32 * 1024 * 1024;

    private const int CrcAt = Size - sizeof(uint);
    private const int LostMicrosecondsAt = 104;
    private const int ProducersBeforeAt = 112;
    private const int ClosingAt = CrcAt - sizeof(uint);

    public BatchKind Kind { get; init; }

    public BatchFlags Flags { get; init; }

    public long Ordinal { get; init; }

    public long Position { get; init; }

    public long BaseOffset { get; init; }

    public int Count { get; init; }

    public int BodyLength { get; init; }

    /// <summary>
    /// Every offset below this one was durable when the batch was written: the proof carried by the log.
    /// </summary>
    public long DurableThrough { get; init; }

    public uint PreviousCrc { get; init; }

    public uint BodyCrc { get; init; }

    /// <summary>Bit p is set when a record has priority p.</summary>
    public uint Priorities { get; init; }

    /// <summary>Sums up to the end of this batch.</summary>
    public RunningSums Sums { get; init; }

    /// <summary>The smallest not-before above zero in this batch; 0 when none has one.</summary>
    public long NotBeforeMin { get; init; }

    /// <summary>The largest timestamp of this and all earlier batches.</summary>
    public long TimestampMax { get; init; }

    /// <summary>Of a batch of lost messages, their declared time, as far as it is known; otherwise 0.</summary>
    public long LostMicroseconds { get; init; }

    /// <summary>
    /// Where the last batch before this one that has producers stands in this segment; 0 when none has. Links those
    /// batches backwards, so that whoever needs the table of producers reads nothing else.
    /// </summary>
    public long ProducersBefore { get; init; }

    /// <summary>
    /// What repair chooses so that the checksum is the one that the next header, which is intact, names as its link;
    /// otherwise 0.
    /// </summary>
    public uint Closing { get; init; }

    /// <summary>Its own checksum: the link that the next header names.</summary>
    public uint Crc { get; private init; }

    /// <summary>Where the last batch that has producers stands, this one included; 0 when none has.</summary>
    public long ProducersThrough => Flags.HasFlag(BatchFlags.HasProducers) ? Position : ProducersBefore;

    /// <summary>One past its last byte.</summary>
    public long EndPosition => Position + Size + BodyLength;

    /// <summary>One past its last message.</summary>
    public long EndOffset => Kind == BatchKind.Checkpoint ? BaseOffset : BaseOffset + Count;

    /// <summary>
    /// Writes the 128 bytes so that their checksum is the one that is wanted, and returns the header.
    /// </summary>
    public BatchHeader EncodeAs(Span<byte> target, ulong secret, uint wantedCrc)
    {
        (this with { Closing = 0 }).Encode(target, secret);
        uint closing = Crc32CInverse.Closing(secret, target[..ClosingAt], wantedCrc);
        return (this with { Closing = closing }).Encode(target, secret);
    }

    /// <summary>Writes the 128 bytes and returns the header with its checksum.</summary>
    public BatchHeader Encode(Span<byte> target, ulong secret)
    {
        Span<byte> bytes = target[..Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)Flags);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], BaseOffset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[36..], BodyLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], DurableThrough);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], PreviousCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[52..], BodyCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[56..], Priorities);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[64..], Sums.Messages);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], Sums.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[80..], Sums.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[88..], NotBeforeMin);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[96..], TimestampMax);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[LostMicrosecondsAt..], LostMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[ProducersBeforeAt..], ProducersBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ClosingAt..], Closing);
        uint crc = Crc32C.Compute(secret, bytes[..CrcAt]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], crc);
        return this with { Crc = crc };
    }

    /// <summary>
    /// Reads a header that stands at this place of this segment; false when its checksum, its ordinal, its position
    /// or its bounds say that it is none. Nothing is believed before the checksum.
    /// </summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, ulong secret, long ordinal, long position, out BatchHeader header)
    {
        header = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) return false;
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]);
        if (Crc32C.Compute(secret, bytes[..CrcAt]) != crc) return false;
        header = new BatchHeader
        {
            Kind = (BatchKind)bytes[4],
            Flags = (BatchFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            Ordinal = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            Position = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BaseOffset = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
            BodyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[36..]),
            DurableThrough = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            PreviousCrc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            BodyCrc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]),
            Priorities = BinaryPrimitives.ReadUInt32LittleEndian(bytes[56..]),
            Sums = new RunningSums(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[64..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[80..])),
            NotBeforeMin = BinaryPrimitives.ReadInt64LittleEndian(bytes[88..]),
            TimestampMax = BinaryPrimitives.ReadInt64LittleEndian(bytes[96..]),
            LostMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[LostMicrosecondsAt..]),
            ProducersBefore = BinaryPrimitives.ReadInt64LittleEndian(bytes[ProducersBeforeAt..]),
            Closing = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ClosingAt..]),
            Crc = crc,
        };
        return header.Ordinal == ordinal && header.Position == position
            && header.Kind is BatchKind.Data or BatchKind.Checkpoint or BatchKind.Lost
            && (header.Flags & ~BatchFlags.Known) == 0
            && header.Count >= 0 && header.BaseOffset >= 0
            && header.BodyLength is >= 0 and <= BodySizeMax && header.BodyLength % 8 == 0;
    }
}
