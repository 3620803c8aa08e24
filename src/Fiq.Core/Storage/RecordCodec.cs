using System.Buffers.Binary;
using System.Text;

namespace Fiq.Storage;

/// <summary>
/// One message as bytes inside a batch body: 64 fixed bytes, then key, producer, for-group, note, headers and body,
/// padded with zeros to 8. docs/format.md draws them. A record carries no offset: the batch's base and its place among
/// its neighbours say it.
/// </summary>
internal static class RecordCodec
{
    /// <summary>Size of the fixed part, in bytes.</summary>
    public const int FixedSize = 64;

    private const ushort KnownFlags = 0;

    /// <summary>The size of a message's record, in bytes; a multiple of 8.</summary>
    public static int SizeOf(Message message, ReadOnlyMemory<byte> producer = default) => Align(
        FixedSize
        + message.Key.Bytes.Length
        + producer.Length
        + ForGroupLength(message)
        + message.ProducerNote.Length
        + message.Headers.Encoded.Length
        + message.Body.Length);

    /// <summary>Writes a record and returns its size.</summary>
    /// <param name="message">The message.</param>
    /// <param name="timestampMicroseconds">When it is appended.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="producer">The name of who numbers it, in UTF-8; empty when nobody does.</param>
    public static int Encode(
        Message message, long timestampMicroseconds, Span<byte> target, ReadOnlyMemory<byte> producer = default)
    {
        int size = SizeOf(message, producer);
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
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], message.Sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[48..], (ushort)key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[50..], (ushort)producer.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[52..], (ushort)forGroup.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[54..], (ushort)message.ProducerNote.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[56..], headers.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[60..], message.Body.Length);
        int at = FixedSize;
        key.CopyTo(bytes[at..]);
        at += key.Length;
        producer.Span.CopyTo(bytes[at..]);
        at += producer.Length;
        at += Encoding.ASCII.GetBytes(forGroup, bytes[at..]);
        message.ProducerNote.Span.CopyTo(bytes[at..]);
        at += message.ProducerNote.Length;
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
    /// The hash of the key of the record at the beginning of these bytes, as stored with it; null when it has none.
    /// </summary>
    public static ulong? PeekKeyHash(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[48..]) == 0
            ? null
            : BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);

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
        int noteLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]);
        int headersLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[56..]);
        int bodyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[60..]);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        long used = (long)FixedSize + keyLength + producerLength + forGroupLength + noteLength + headersLength
            + bodyLength;
        if (headersLength < 0 || bodyLength < 0 || used > record.Length || (flags & ~KnownFlags) != 0) return null;
        int forGroupAt = FixedSize + keyLength + producerLength;
        string groupText = Encoding.ASCII.GetString(bytes.Slice(forGroupAt, forGroupLength));
        GroupName forGroup = default;
        if (forGroupLength > 0 && !GroupName.TryParse(groupText, out forGroup)) return null;
        int headersAt = forGroupAt + forGroupLength + noteLength;
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
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            ProducerNote = record.Slice(headersAt - noteLength, noteLength),
        };
    }

    /// <summary>
    /// The name of the producer in a record, the sequence and the note; an empty name when it has none, or when the
    /// lengths do not fit. Everything else stays unread.
    /// </summary>
    public static ReadOnlySpan<byte> ProducerOf(
        ReadOnlySpan<byte> record, out ulong sequence, out ReadOnlySpan<byte> note)
    {
        int keyLength = BinaryPrimitives.ReadUInt16LittleEndian(record[48..]);
        int producerLength = BinaryPrimitives.ReadUInt16LittleEndian(record[50..]);
        int forGroupLength = BinaryPrimitives.ReadUInt16LittleEndian(record[52..]);
        int noteLength = BinaryPrimitives.ReadUInt16LittleEndian(record[54..]);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(record[40..]);
        note = default;
        int nameAt = FixedSize + keyLength;
        int noteAt = nameAt + producerLength + forGroupLength;
        if (noteAt + noteLength > record.Length) return default;
        note = record.Slice(noteAt, noteLength);
        return record.Slice(nameAt, producerLength);
    }

    private static int ForGroupLength(Message message) => message.ForGroup?.ToString().Length ?? 0;

    private static int Align(int size) => (size + 7) & ~7;
}
