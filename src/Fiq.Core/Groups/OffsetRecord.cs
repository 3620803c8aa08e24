using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>What kinds of record an offset file holds.</summary>
internal enum OffsetRecordKind : ushort
{
    /// <summary>All settled offsets from the floor to the cursor.</summary>
    Snapshot = 1,

    /// <summary>The offsets settled since the record before.</summary>
    Delta = 2,

    /// <summary>Attempts, due time and last error of failed messages; see <see cref="RetryNote"/>.</summary>
    Retries = 3,
}

/// <summary>The sums that every record states anew, as totals: applying one twice changes nothing.</summary>
/// <param name="Floor">Everything below is settled.</param>
/// <param name="Cursor">Nothing at or above has been taken.</param>
/// <param name="SettledMessages">Settled offsets, counted from 0.</param>
/// <param name="SettledMicroseconds">Their declared work.</param>
internal readonly record struct OffsetSums(long Floor, long Cursor, long SettledMessages, long SettledMicroseconds);

/// <summary>
/// The header of a record in an offset file. Records begin at multiples of 8.
/// <code>
///  0       4      6       8        12      16         24      32       40         48            56        64      72
/// | FQOR   | kind | flags | length | chain | sequence | floor | cursor | messages | microseconds | payload | CRC  |
/// </code>
/// length: header, payload and padding. chain: the CRC of the header before (for the first record, of the file's
/// header). At 56 the payload's length (u32), at 60 its CRC over payload and padding, at 64 the CRC of the 64 bytes
/// before, at 68 zero. Both CRCs are seeded with the file's secret. Flag 1: whoever does not know the kind must refuse.
/// </summary>
internal readonly record struct OffsetRecord(
    OffsetRecordKind Kind,
    ushort Flags,
    uint Chain,
    ulong Sequence,
    OffsetSums Sums,
    int PayloadLength,
    uint PayloadCrc,
    uint HeaderCrc)
{
    public const int HeaderLength = 72;
    public const ushort MustUnderstand = 1;
    private const uint Magic = 0x524F_5146;
    private const int CrcAt = 64;

    /// <summary>Bytes from this record's begin to the next.</summary>
    public int Length => HeaderLength + Padded(PayloadLength);

    /// <summary>The whole record as bytes; returns the CRC of its header, which the next one states.</summary>
    public static byte[] Encode(
        OffsetRecordKind kind,
        uint chain,
        ulong sequence,
        in OffsetSums sums,
        byte[] payload,
        ulong secret,
        out uint crc)
    {
        var bytes = new byte[HeaderLength + Padded(payload.Length)];
        payload.CopyTo(bytes, HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)kind);
        // Whoever does not know retries tries once more than asked, and loses nothing.
        var flags = kind == OffsetRecordKind.Retries ? (ushort)0 : MustUnderstand;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), chain);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), sums.Floor);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), sums.Cursor);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), sums.SettledMessages);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), sums.SettledMicroseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(56), (uint)payload.Length);
        var payloadCrc = Crc32C.Compute(secret, bytes.AsSpan(HeaderLength));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), payloadCrc);
        crc = Crc32C.Compute(secret, bytes.AsSpan(0, CrcAt));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcAt), crc);
        return bytes;
    }

    /// <summary>
    /// The record that begins with these bytes, wholly present and with both checksums right; null otherwise.
    /// </summary>
    public static OffsetRecord? TryDecode(ReadOnlySpan<byte> bytes, ulong secret)
    {
        if (bytes.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            return null;
        var crc = Crc32C.Compute(secret, bytes[..CrcAt]);
        if (crc != BinaryPrimitives.ReadUInt64LittleEndian(bytes[CrcAt..]))
            return null;
        var record = Read(bytes, crc);
        if (record.PayloadLength < 0 || record.PayloadLength > bytes.Length - HeaderLength)
            return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (length != record.Length || record.Length > bytes.Length)
            return null;
        var payloadCrc = Crc32C.Compute(secret, bytes[HeaderLength..record.Length]);
        return payloadCrc == record.PayloadCrc ? record : null;
    }

    private static OffsetRecord Read(ReadOnlySpan<byte> bytes, uint crc) => new(
        (OffsetRecordKind)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        new OffsetSums(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..])),
        (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[56..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]),
        crc);

    private static int Padded(int length) => (length + 7) & ~7;
}
