using System.Buffers.Binary;

namespace Fiq.Pipeline;

/// <summary>
/// What the queue keeps of an input with each position: by it the input is recognised, and nothing else needs to be
/// kept anywhere. 40 bytes: u32 version 1, u32 zero, u64 start, i64 lines, i64 stored, u64 hash.
/// </summary>
/// <param name="Start">The sequence at which the input begins: sequences are byte positions behind it.</param>
/// <param name="Lines">Lines up to the position, refused ones included.</param>
/// <param name="Stored">Those of them that are messages in the queue.</param>
/// <param name="Hash">Of all bytes up to the position.</param>
internal readonly record struct StreamNote(ulong Start, long Lines, long Stored, ulong Hash)
{
    private const int Size = 40;
    private const uint Version = 1;

    public byte[] Encode()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Start);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Lines);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Stored);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), Hash);
        return bytes;
    }

    /// <summary>Reads a note; null when it is none of ours.</summary>
    public static StreamNote? TryDecode(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Version
            ? new StreamNote(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]))
            : null;
}
