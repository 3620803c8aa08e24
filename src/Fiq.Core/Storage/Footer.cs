using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// What is worth knowing of a finished segment, written behind its stated end by whoever comes first. Never a proof:
/// it lies where the log does not exist, and everything in it can be found again by walking the log.
/// docs/format.md draws it.
/// </summary>
internal sealed class Footer
{
    private const ulong Magic = 0x0A31_544F_4F46_5146; // "FQFOOT1\n"
    private const uint Version = 1;
    private const int FixedSize = 40;
    private const int SectionHeaderSize = 16;
    private const int EntrySize = 16;
    private const int SizeMax = 64 * 1024 * 1024;

    private enum Section : uint
    {
        SparseIndex = 1,
        CountPerPriority = 2,
        NotBeforeMin = 3,
        KeyHashes = 4,
        Sums = 5,
    }

    /// <summary>Where its batches stand.</summary>
    public SparseIndex Index { get; } = new();

    /// <summary>The smallest not-before above zero; 0 when there is none.</summary>
    public long NotBeforeMin { get; set; }

    /// <summary>Sums of this segment alone.</summary>
    public RunningSums Sums { get; set; }

    /// <summary>The bytes to be written at a segment's stated end.</summary>
    public byte[] Encode(ulong queueId, long ordinal)
    {
        int indexSize = Index.Entries.Count * EntrySize;
        byte[] bytes = new byte[FixedSize + (3 * SectionHeaderSize) + indexSize + 8 + 24];
        Span<byte> rest = bytes.AsSpan(FixedSize);
        Span<byte> index = Open(ref rest, Section.SparseIndex, indexSize);
        for (int i = 0; i < Index.Entries.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(index[(i * EntrySize)..], Index.Entries[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(index[((i * EntrySize) + 8)..], Index.Entries[i].Position);
        }

        BinaryPrimitives.WriteInt64LittleEndian(Open(ref rest, Section.NotBeforeMin, 8), NotBeforeMin);
        Span<byte> sums = Open(ref rest, Section.Sums, 24);
        BinaryPrimitives.WriteInt64LittleEndian(sums, Sums.Messages);
        BinaryPrimitives.WriteInt64LittleEndian(sums[8..], Sums.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(sums[16..], Sums.Microseconds);

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), queueId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), ordinal);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), Checksum(bytes));
        return bytes;
    }

    /// <summary>Reads the footer of a segment that ends at a position; null when there is none that is whole.</summary>
    public static Footer? TryRead(SegmentFile segment, long endPosition)
    {
        try
        {
            return TryReadWhole(segment, endPosition);
        }
        catch (DamagedException)
        {
            // A footer that can't be read is none: whoever wants to know walks the segment.
            return null;
        }
    }

    private static Footer? TryReadWhole(SegmentFile segment, long endPosition)
    {
        long length = segment.File.Length - endPosition;
        if (length is < FixedSize or > SizeMax) return null;
        Span<byte> head = stackalloc byte[sizeof(ulong)];
        if (segment.Read(head, endPosition) != head.Length) return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(head) != Magic) return null;
        byte[] bytes = new byte[length];
        if (segment.Read(bytes, endPosition) != length) return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Version) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)) != length) return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)) != segment.Header.QueueId) return null;
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)) != segment.Header.Ordinal) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(32)) != Checksum(bytes)) return null;
        var footer = new Footer();
        footer.ReadSections(bytes.AsSpan(FixedSize));
        return footer;
    }

    private static Span<byte> Open(ref Span<byte> rest, Section section, int size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)section);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], size);
        Span<byte> content = rest.Slice(SectionHeaderSize, size);
        rest = rest[(SectionHeaderSize + size)..];
        return content;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) =>
        Crc32C.Compute(Crc32C.Compute(bytes[..32]), bytes[FixedSize..]);

    private void ReadSections(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= SectionHeaderSize)
        {
            var section = (Section)BinaryPrimitives.ReadUInt32LittleEndian(rest);
            long size = BinaryPrimitives.ReadInt64LittleEndian(rest[8..]);
            rest = rest[SectionHeaderSize..];
            if (size < 0 || size > rest.Length || size % 8 != 0) return;
            ReadSection(section, rest[..(int)size]);
            rest = rest[(int)size..];
        }
    }

    // Sections of later versions are passed over: nothing here is needed to be right, only to be fast.
    private void ReadSection(Section section, ReadOnlySpan<byte> content)
    {
        if (section == Section.SparseIndex)
        {
            for (; content.Length >= EntrySize; content = content[EntrySize..])
                Index.Add(new SparseIndex.Entry(
                    BinaryPrimitives.ReadInt64LittleEndian(content),
                    BinaryPrimitives.ReadInt64LittleEndian(content[8..])));
        }
        else if (section == Section.NotBeforeMin && content.Length == 8)
        {
            NotBeforeMin = BinaryPrimitives.ReadInt64LittleEndian(content);
        }
        else if (section == Section.Sums && content.Length == 24)
        {
            Sums = new RunningSums(
                BinaryPrimitives.ReadInt64LittleEndian(content),
                BinaryPrimitives.ReadInt64LittleEndian(content[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(content[16..]));
        }
    }
}
