using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// The first 64 bytes of an offset file.
/// <code>
///  0         8          12       16                24          32         40           48      56     60       64
/// | FIQOFFST | version  | zero   | must understand | may ignore | queue id | generation | group | zero | CRC-32C |
/// </code>
/// </summary>
/// <param name="QueueId">The queue it belongs to.</param>
/// <param name="Generation">Raised by each seek: what a lease table of an older generation says is void.</param>
/// <param name="Group">Hash of the name of its group; 0 in files from before it was stated.</param>
internal readonly record struct OffsetFileHeader(ulong QueueId, ulong Generation, ulong Group = 0)
{
    public const int Length = 64;
    public const uint Version = 1;
    private const int CrcAt = 60;

    private static ReadOnlySpan<byte> Magic => "FIQOFFST"u8;

    /// <summary>Seeds the checksum of every record: none of another file can pass for one of this.</summary>
    public ulong Secret => unchecked((QueueId * 0x9E37_79B9_7F4A_7C15) ^ Generation);

    public uint Encode(Span<byte> bytes)
    {
        bytes[..Length].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], QueueId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], Group);
        var crc = Crc32C.Compute(bytes[..CrcAt]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], crc);
        return crc;
    }

    /// <summary>Whether it may be the header of that group; 0 when any will do.</summary>
    public bool IsOf(ulong group) => group == 0 || Group == 0 || Group == group;

    /// <summary>Decodes it, refusing what is damaged, newer, or of another queue.</summary>
    public static OffsetFileHeader Decode(ReadOnlySpan<byte> bytes, ulong queueId, string file, out uint crc)
    {
        crc = 0;
        if (bytes.Length < Length || !bytes[..8].SequenceEqual(Magic))
            throw new DamagedException(file, 0, Length, "it does not begin as an offset file");
        crc = Crc32C.Compute(bytes[..CrcAt]);
        if (crc != BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]))
            throw new DamagedException(file, 0, Length, "the checksum of its header does not match");
        RefuseNewer(bytes, file);
        var header = new OffsetFileHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]));
        if (header.QueueId != queueId)
            throw new DamagedException(file, 0, Length, "it belongs to another queue");
        return header;
    }

    private static void RefuseNewer(ReadOnlySpan<byte> bytes, string file)
    {
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != Version)
            throw Unsupported(file, $"has format version {version}; this fiq knows version {Version}");
        var mustUnderstand = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        if (mustUnderstand != 0)
            throw Unsupported(file, $"needs features 0x{mustUnderstand:x} that this fiq does not know");
    }

    private static FiqException Unsupported(string file, string what) =>
        new(ErrorCode.Unsupported, $"{file} {what}", "Use the newer fiq that wrote it.");
}
