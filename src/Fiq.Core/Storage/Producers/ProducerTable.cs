using System.Buffers.Binary;
using System.Text;

namespace Fiq.Storage.Producers;

/// <summary>
/// The producers that a queue knows, and how far each has come: the body of a checkpoint. Of two positions of one
/// producer the one with the larger sequence counts, in whatever order they are learnt.
/// </summary>
internal sealed class ProducerTable
{
    /// <summary>
    /// No more names are taken: each checkpoint carries all of them, and is written while nobody can append.
    /// </summary>
    public const int NamesMax = 10_000;

    /// <summary>Size of an empty table: its count and eight zero bytes.</summary>
    public const int EmptySize = 16;

    private const int CountSize = 8;
    private const int FixedSize = 24;

    private readonly Dictionary<string, ProducerPosition> _positions = new(StringComparer.Ordinal);

    public int Count => _positions.Count;

    /// <summary>How many bytes it takes in a checkpoint; a multiple of 8.</summary>
    public int Size => Math.Max(
        EmptySize, CountSize + _positions.Sum(each => SizeOf(Encoding.UTF8.GetByteCount(each.Key), each.Value)));

    /// <summary>A producer's position; not known when the queue has nothing of it.</summary>
    public ProducerPosition Find(string name) => _positions.GetValueOrDefault(name);

    /// <summary>Learns how far a producer has come. The note is kept as it is given.</summary>
    public void Learn(string name, in ProducerPosition position)
    {
        if (position.Sequence > Find(name).Sequence) _positions[name] = position;
    }

    /// <summary>Learns all that another table knows.</summary>
    public void Learn(ProducerTable other)
    {
        foreach ((string name, ProducerPosition position) in other._positions) Learn(name, position);
    }

    /// <summary>The same, and one producer further on.</summary>
    public ProducerTable With(ProducerName name, in ProducerPosition position)
    {
        var table = new ProducerTable();
        table.Learn(this);
        table.Learn(name.ToString(), position);
        return table;
    }

    /// <summary>Learns from the records of a batch; false when they do not fit its header.</summary>
    public bool TryLearn(ReadOnlySpan<byte> body, in BatchHeader header)
    {
        int at = 0;
        ReadOnlySpan<byte> name = default;
        var last = default(ProducerPosition);
        int noteAt = 0;
        int noteLength = 0;
        for (int i = 0; i < header.Count; i++)
        {
            int size = RecordCodec.PeekSize(body[at..]);
            if (size == 0) return false;
            ReadOnlySpan<byte> record = body.Slice(at, size);
            ReadOnlySpan<byte> producer = RecordCodec.ProducerOf(record, out ulong sequence, out var note);
            if (!producer.IsEmpty)
            {
                // Nearly always the whole batch is of one producer, and only its last record counts.
                if (!producer.SequenceEqual(name)) Keep(name, last, body.Slice(noteAt, noteLength));
                name = producer;
                last = new ProducerPosition(sequence, header.BaseOffset + i, default);
                noteLength = note.Length;
                noteAt = noteLength == 0 ? 0 : at + OffsetIn(record, note);
            }

            at += size;
        }

        Keep(name, last, body.Slice(noteAt, noteLength));
        return at == body.Length;
    }

    /// <summary>Writes the body of a checkpoint, of <see cref="Size"/> bytes.</summary>
    public void Encode(Span<byte> body)
    {
        body.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(body, Count);
        Span<byte> rest = body[CountSize..];
        foreach ((string name, ProducerPosition position) in _positions.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            int length = Encoding.UTF8.GetBytes(name, rest[FixedSize..]);
            BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)length);
            BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)position.Note.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], position.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], position.Offset);
            position.Note.Span.CopyTo(rest[(FixedSize + length)..]);
            rest = rest[SizeOf(length, position)..];
        }
    }

    /// <summary>Reads the body of a checkpoint; null when it is none.</summary>
    public static ProducerTable? TryDecode(ReadOnlySpan<byte> body)
    {
        if (body.Length < EmptySize) return null;
        int count = BinaryPrimitives.ReadInt32LittleEndian(body);
        var table = new ProducerTable();
        ReadOnlySpan<byte> rest = body[CountSize..];
        for (int i = 0; i < count; i++)
        {
            if (rest.Length < FixedSize) return null;
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            int noteLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (FixedSize + nameLength + noteLength > rest.Length || nameLength == 0) return null;
            var position = new ProducerPosition(
                BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[16..]),
                rest.Slice(FixedSize + nameLength, noteLength).ToArray());
            table.Learn(Encoding.UTF8.GetString(rest.Slice(FixedSize, nameLength)), position);
            rest = rest[Math.Min(rest.Length, SizeOf(nameLength, position))..];
        }

        // A checkpoint that a repair made anew may be longer than an empty table: zeros stand for what was lost.
        return count == table.Count && rest.IndexOfAnyExcept((byte)0) < 0 ? table : null;
    }

    private void Keep(ReadOnlySpan<byte> name, in ProducerPosition position, ReadOnlySpan<byte> note)
    {
        if (name.IsEmpty) return;
        Learn(Encoding.UTF8.GetString(name), position with { Note = note.ToArray() });
    }

    private static int OffsetIn(ReadOnlySpan<byte> record, ReadOnlySpan<byte> part)
    {
        record.Overlaps(part, out int offset);
        return offset;
    }

    private static int SizeOf(int nameLength, in ProducerPosition position) =>
        (FixedSize + nameLength + position.Note.Length + 7) & ~7;
}
