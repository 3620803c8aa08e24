using System.Buffers.Binary;
using System.Text;

namespace Fiq.Storage;

/// <summary>
/// One message as bytes inside a batch body: 64 fixed bytes, then key, producer, for-group, headers and body, padded
/// with zeros to 8. docs/format.md draws them. A record carries no offset: the batch's base and its place among its
/// neighbours say it.
/// </summary>
internal static class RecordCodec
{
    /// <summary>Size of the fixed part, in bytes.</summary>
    public const int FixedSize = 64;

    private const ushort KnownFlags = 0;

    /// <summary>The size of a message's record, in bytes; a multiple of 8.</summary>
    public static int SizeOf(Message message) => Align(
        FixedSize
        + message.Key.Bytes.Length
        + ForGroupLength(message)
        + message.Headers.Encoded.Length
        + message.Body.Length);

    /// <summary>Writes a record and returns its size.</summary>
    public static int Encode(Message message, long timestampMicroseconds, Span<byte> target)
    {
        int size = SizeOf(message);
        Span<byte> bytes = target[..size];
        ReadOnlySpan<byte> key = message.Key.Bytes.Span;
        string forGroup = message.ForGroup?.ToString() ?? "";
        ReadOnlySpan<byte> headers = message.Headers.Encoded.Span;
        bytes[..FixedSize].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, size);
        bytes[6] = (byte)message.Priority;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], message.Key.Hash);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], timestampMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], message.ProcessingMicroseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], message.NotBeforeMicroseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[48..], (ushort)key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[52..], (ushort)forGroup.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[56..], headers.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[60..], message.Body.Length);
        int at = FixedSize;
        key.CopyTo(bytes[at..]);
        at += key.Length;
        at += Encoding.ASCII.GetBytes(forGroup, bytes[at..]);
        headers.CopyTo(bytes[at..]);
        at += headers.Length;
        message.Body.Span.CopyTo(bytes[at..]);
        bytes[(at + message.Body.Length)..].Clear();
        return size;
    }

    /// <summary>The size of the record at the beginning of these bytes; 0 when no record can stand there.</summary>
    public static int PeekSize(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedSize) return 0;
        int size = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return size >= FixedSize && size <= bytes.Length && size % 8 == 0 ? size : 0;
    }

    /// <summary>The priority of the record at the beginning of these bytes, 0 to 9.</summary>
    public static int PeekPriority(ReadOnlySpan<byte> bytes) => Math.Min((int)bytes[6], Message.PriorityMax);

    /// <summary>
    /// Reads a record; its message refers to the bytes without a copy. Null when the lengths do not fit: the
    /// checksum was right, so whoever wrote it did not follow the format.
    /// </summary>
    public static Message? TryDecode(ReadOnlyMemory<byte> record)
    {
        ReadOnlySpan<byte> bytes = record.Span;
        int keyLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[48..]);
        int producerLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[50..]);
        int forGroupLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[52..]);
        int headersLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[56..]);
        int bodyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[60..]);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        long used = (long)FixedSize + keyLength + producerLength + forGroupLength + headersLength + bodyLength;
        if (headersLength < 0 || bodyLength < 0 || used > record.Length || (flags & ~KnownFlags) != 0) return null;
        int forGroupAt = FixedSize + keyLength + producerLength;
        string groupText = Encoding.ASCII.GetString(bytes.Slice(forGroupAt, forGroupLength));
        GroupName forGroup = default;
        if (forGroupLength > 0 && !GroupName.TryParse(groupText, out forGroup)) return null;
        int headersAt = forGroupAt + forGroupLength;
        return new Message
        {
            Key = MessageKey.FromStored(record.Slice(FixedSize, keyLength)),
            Headers = headersLength == 0
                ? MessageHeaders.None
                : new MessageHeaders(record.Slice(headersAt, headersLength)),
            Body = record.Slice(headersAt + headersLength, bodyLength),
            Priority = bytes[6],
            ForGroup = forGroupLength == 0 ? null : forGroup,
            TimestampMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            ProcessingMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            NotBeforeMicroseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
        };
    }

    private static int ForGroupLength(Message message) => message.ForGroup?.ToString().Length ?? 0;

    private static int Align(int size) => (size + 7) & ~7;
}
