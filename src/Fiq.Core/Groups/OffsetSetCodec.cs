using System.Buffers.Binary;

namespace Fiq.Groups;

/// <summary>
/// Offsets as bytes: items in ascending order, each a header of 16 bytes and its content, padded to 8.
/// <code>
///  0        2        4              8                         16
/// | kind   | zero   | count        | first chunk number      | content
/// kind 1  runs:   count x (first u16, last u16), inclusive, inside that chunk
/// kind 2  bitmap: 8,192 bytes, bit i of byte b is offset 8b + i of that chunk; count 0
/// kind 3  full:   count chunks from the first, all settled; no content
/// </code>
/// Runs or bitmap: whichever is smaller.
/// </summary>
internal static class OffsetSetCodec
{
    private const int HeaderLength = 16;
    private const int BitmapLength = OffsetSet.ChunkOffsets / 8;
    private const ushort Runs = 1;
    private const ushort Bitmap = 2;
    private const ushort FullChunks = 3;

    /// <summary>Encodes a set.</summary>
    public static byte[] Encode(OffsetSet set)
    {
        using var bytes = new MemoryStream();
        (long First, uint Count) full = default;
        foreach (var (chunk, words) in set.Chunks)
        {
            if (OffsetSet.IsFull(words))
            {
                if (full.Count > 0 && full.First + full.Count == chunk)
                {
                    full.Count++;
                    continue;
                }

                WriteFull(bytes, full);
                full = (chunk, 1);
                continue;
            }

            WriteFull(bytes, full);
            full = default;
            WriteChunk(bytes, chunk, words);
        }

        WriteFull(bytes, full);
        return bytes.ToArray();
    }

    /// <summary>
    /// Adds what the bytes say to a set; false when they are not an encoding of offsets in
    /// [<paramref name="from"/>, <paramref name="to"/>).
    /// </summary>
    public static bool TryDecodeInto(OffsetSet set, ReadOnlySpan<byte> bytes, long from, long to)
    {
        while (bytes.Length >= HeaderLength)
        {
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            var chunk = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
            bytes = bytes[HeaderLength..];
            if (chunk < 0 || chunk > to / OffsetSet.ChunkOffsets)
                return false;
            var read = kind switch
            {
                Runs => ReadRuns(set, bytes, chunk, count, from, to),
                Bitmap => ReadBitmap(set, bytes, chunk),
                FullChunks => ReadFull(set, chunk, count, to),
                _ => -1,
            };
            if (read < 0)
                return false;
            bytes = bytes[read..];
        }

        return bytes.IsEmpty;
    }

    private static void WriteChunk(MemoryStream bytes, long chunk, ulong[] words)
    {
        var runs = OffsetSet.RunsOf(words).Take((BitmapLength / 4) + 1).ToArray();
        if (runs.Length == 0)
            return;
        if (runs.Length * 4 > BitmapLength)
        {
            WriteHeader(bytes, Bitmap, 0, chunk);
            WriteWords(bytes, words);
            return;
        }

        WriteHeader(bytes, Runs, (uint)runs.Length, chunk);
        Span<byte> pair = stackalloc byte[4];
        foreach (var run in runs)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(pair, (ushort)run.From);
            BinaryPrimitives.WriteUInt16LittleEndian(pair[2..], (ushort)(run.To - 1));
            bytes.Write(pair);
        }

        pair.Clear();
        if (runs.Length % 2 == 1)
            bytes.Write(pair);
    }

    private static void WriteWords(MemoryStream bytes, ulong[] words)
    {
        Span<byte> eight = stackalloc byte[8];
        foreach (var word in words)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(eight, word);
            bytes.Write(eight);
        }
    }

    private static void WriteFull(MemoryStream bytes, (long First, uint Count) full)
    {
        if (full.Count > 0)
            WriteHeader(bytes, FullChunks, full.Count, full.First);
    }

    private static void WriteHeader(MemoryStream bytes, ushort kind, uint count, long chunk)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header, kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], count);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], chunk);
        bytes.Write(header);
    }

    private static int ReadRuns(OffsetSet set, ReadOnlySpan<byte> bytes, long chunk, uint count, long from, long to)
    {
        var length = ((long)count + 1) / 2 * 8;
        if (count == 0 || length > bytes.Length)
            return -1;
        var first = chunk * OffsetSet.ChunkOffsets;
        for (var i = 0; i < count; i++)
        {
            var run = new OffsetRun(
                first + BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 4)..]),
                first + BinaryPrimitives.ReadUInt16LittleEndian(bytes[((i * 4) + 2)..]) + 1);
            if (run.From >= run.To || run.From < from || run.To > to)
                return -1;
            set.AddRun(run);
        }

        return (int)length;
    }

    private static int ReadBitmap(OffsetSet set, ReadOnlySpan<byte> bytes, long chunk)
    {
        if (bytes.Length < BitmapLength)
            return -1;
        for (var i = 0; i < BitmapLength; i += 8)
        {
            var start = (chunk * OffsetSet.ChunkOffsets) + (i * 8L);
            set.AddMask(start, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
        }

        return BitmapLength;
    }

    private static int ReadFull(OffsetSet set, long chunk, uint count, long to)
    {
        if (count == 0 || count > (to / OffsetSet.ChunkOffsets) - chunk)
            return -1;
        for (var i = 0L; i < count; i++)
            set.AddFullChunk(chunk + i);
        return 0;
    }
}
