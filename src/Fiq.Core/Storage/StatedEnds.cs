using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>The ends of the last 64 segments, so that a slow process can learn what became of its batch.</summary>
internal sealed class StatedEnds(ISharedMemory page)
{
    private const int EntrySize = 32;
    private const int CrcAt = 28;

    /// <summary>Records an end. Only under append and sync lock.</summary>
    public void Store(in SegmentEnd end)
    {
        Span<byte> bytes = stackalloc byte[EntrySize];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, end.Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], end.Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], end.Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], end.LastHeaderCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CrcAt..], Crc32C.Compute(bytes[..CrcAt]));
        page.Write(EntryAt(end.Ordinal), bytes);
        page.Fence();
    }

    /// <summary>The end of a segment; null when it is not, or no longer, known here. The reason is not kept.</summary>
    public SegmentEnd? TryFind(long ordinal)
    {
        Span<byte> bytes = stackalloc byte[EntrySize];
        page.Read(EntryAt(ordinal), bytes);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]);
        // An entry that is being written fails its checksum and is taken as not known; the segment's header knows.
        if (Crc32C.Compute(bytes[..CrcAt]) != crc) return null;
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes) != ordinal) return null;
        return new SegmentEnd(
            ordinal,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            EndReason.None);
    }

    private static int EntryAt(long ordinal) =>
        ControlLayout.EndsAt + (int)(ordinal % ControlLayout.EndsCount) * EntrySize;
}
