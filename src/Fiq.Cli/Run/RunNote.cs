using System.Buffers.Binary;

namespace Fiq.Cli.Run;

/// <summary>
/// What the queue keeps of a run with each of its messages: by it the same input is recognised, and nothing else is
/// kept anywhere. 34 bytes: u8 version 1, u8 flags, u64 base, i64 first, 16 bytes hash.
/// </summary>
/// <param name="Base">The sequence before the run's first line: a line's sequence is its number behind it.</param>
/// <param name="First">No message of the run has a lower offset.</param>
/// <param name="Hash">The first half of SHA-256 over the lines up to this one, each with its LF.</param>
internal readonly record struct RunNote(ulong Base, long First, UInt128 Hash)
{
    private const int Size = 34;
    private const byte Version = 1;
    private const byte EndedFlag = 1;
    private const byte PrivateFlag = 2;

    /// <summary>Whether the input ended with this message: its sequence is that of the last line.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Whether the queue is the run's own, and goes when it is drained.</summary>
    public bool IsPrivate { get; init; }

    public byte[] Encode()
    {
        byte[] bytes = new byte[Size];
        bytes[0] = Version;
        bytes[1] = (byte)((HasEnded ? EndedFlag : 0) | (IsPrivate ? PrivateFlag : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2), Base);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(10), First);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(18), Hash);
        return bytes;
    }

    /// <summary>Reads a note; null when it is none of a run.</summary>
    public static RunNote? TryDecode(ReadOnlySpan<byte> bytes) => bytes.Length == Size && bytes[0] == Version
        ? new RunNote(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]),
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[18..]))
        {
            HasEnded = (bytes[1] & EndedFlag) != 0,
            IsPrivate = (bytes[1] & PrivateFlag) != 0,
        }
        : null;
}
