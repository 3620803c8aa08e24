using System.Buffers.Binary;
using System.Text;

namespace Fiq.Groups;

/// <summary>
/// What an offset file keeps of a message that has failed, so that neither a power cut nor a reboot forgets it. In the
/// payload of a record of kind <see cref="OffsetRecordKind.Retries"/> one stands behind the other:
/// <code>
///  0        8     16      24         26       28     32
/// | offset | due | delay | attempts | length | zero | error in UTF-8, zero to a multiple of 8
/// </code>
/// </summary>
/// <param name="Offset">The message.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Due">When it may be tried again: microseconds since 1970 UTC.</param>
/// <param name="Delay">
/// How long that was when it failed, in microseconds: should somebody set the clock, nothing waits longer.
/// </param>
/// <param name="Error">Why it failed last; at most <see cref="ErrorBytesMax"/> bytes are kept.</param>
internal readonly record struct RetryNote(long Offset, int Attempts, long Due, long Delay, string Error)
{
    /// <summary>Tens of thousands may wait, so of each the gist of its error is kept; letters have more.</summary>
    public const int ErrorBytesMax = 256;

    private const int FixedLength = 32;

    /// <summary>How long it has to wait from now on.</summary>
    public TimeSpan Left(long wallMicroseconds) =>
        TimeSpan.FromMicroseconds(Math.Clamp(Due - wallMicroseconds, 0, Math.Max(0, Delay)));

    /// <summary>
    /// Adds it, unless more attempts are known: of several members each writes down what failed with him, in his time.
    /// </summary>
    public void AddTo(Dictionary<long, RetryNote> notes)
    {
        if (notes.GetValueOrDefault(Offset).Attempts <= Attempts)
            notes[Offset] = this;
    }

    public static byte[] Encode(IReadOnlyCollection<RetryNote> notes)
    {
        using var stream = new MemoryStream();
        Span<byte> head = stackalloc byte[FixedLength];
        foreach (var note in notes)
        {
            var error = ErrorBytes(note.Error);
            head.Clear();
            BinaryPrimitives.WriteInt64LittleEndian(head, note.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], note.Due);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], note.Delay);
            BinaryPrimitives.WriteUInt16LittleEndian(head[24..], (ushort)note.Attempts);
            BinaryPrimitives.WriteUInt16LittleEndian(head[26..], (ushort)error.Length);
            stream.Write(head);
            stream.Write(error);
            stream.SetLength(stream.Position = (stream.Length + 7) & ~7);
        }

        return stream.ToArray();
    }

    /// <summary>Reads them; false when the payload is no such list.</summary>
    public static bool TryDecodeInto(Dictionary<long, RetryNote> notes, ReadOnlySpan<byte> payload)
    {
        while (payload.Length > 0)
        {
            if (payload.Length < FixedLength)
                return false;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(payload[26..]);
            var whole = (FixedLength + length + 7) & ~7;
            if (length > ErrorBytesMax || whole > payload.Length)
                return false;
            var note = new RetryNote(
                BinaryPrimitives.ReadInt64LittleEndian(payload),
                BinaryPrimitives.ReadUInt16LittleEndian(payload[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
                Encoding.UTF8.GetString(payload.Slice(FixedLength, length)));
            note.AddTo(notes);
            payload = payload[whole..];
        }

        return true;
    }

    private static ReadOnlySpan<byte> ErrorBytes(string error)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(error);
        if (bytes.Length <= ErrorBytesMax)
            return bytes;
        var length = ErrorBytesMax;
        while (length > 0 && (bytes[length] & 0xC0) == 0x80)
            length--;
        return bytes[..length];
    }
}
