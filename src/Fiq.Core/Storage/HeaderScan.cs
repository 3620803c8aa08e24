using System.Buffers;
using System.Buffers.Binary;

namespace Fiq.Storage;

/// <summary>
/// Looks for batch headers where the chain is broken: at every 8th byte, by their checksums, in one pass.
/// </summary>
internal static class HeaderScan
{
    private const int WindowSize = 1024 * 1024;

    /// <summary>
    /// The header behind a position that says of the highest offset that it was durable; null when there is none.
    /// </summary>
    public static BatchHeader? FindHighestProof(SegmentFile segment, long from)
    {
        BatchHeader? best = null;
        foreach (BatchHeader header in All(segment, from))
            if (best is not BatchHeader known || header.DurableThrough > known.DurableThrough) best = header;
        return best;
    }

    /// <summary>Every valid header that begins at or behind a position, in order of their positions.</summary>
    public static IEnumerable<BatchHeader> All(SegmentFile segment, long from)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowSize);
        try
        {
            long at = (from + 7) & ~7L;
            while (segment.File.FindData(at) is long data)
            {
                at = Math.Max(at, data & ~7L);
                int read = segment.Read(window.AsSpan(0, WindowSize), at);
                int next = 0;
                while (TryFind(segment, window.AsSpan(0, read), at, ref next, out BatchHeader header))
                    yield return header;
                if (read < WindowSize) break;
                // The last bytes may be the first part of a header.
                at += (read - BatchHeader.Size + 8) & ~7;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    /// <summary>The first valid header in these bytes; the search goes on behind it.</summary>
    private static bool TryFind(
        SegmentFile segment, ReadOnlySpan<byte> bytes, long windowAt, ref int next, out BatchHeader header)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, BatchHeader.Magic);
        header = default;
        while (bytes[next..].IndexOf(magic) is >= 0 and int found)
        {
            next = (next + found + 7) & ~7;
            if (next + BatchHeader.Size > bytes.Length) break;
            bool valid = BatchHeader.TryDecode(
                bytes[next..], segment.Header.Secret, segment.Header.Ordinal, windowAt + next, out header);
            next += 8;
            if (valid) return true;
        }

        next = bytes.Length;
        return false;
    }
}
