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
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowSize);
        try
        {
            BatchHeader? best = null;
            long at = (from + 7) & ~7L;
            while (segment.File.FindData(at) is long data)
            {
                at = Math.Max(at, data & ~7L);
                int read = segment.File.Read(window.AsSpan(0, WindowSize), at);
                Examine(segment, window.AsSpan(0, read), at, ref best);
                if (read < WindowSize) break;
                // The last bytes may be the first part of a header.
                at += (read - BatchHeader.Size) & ~7;
            }

            return best;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private static void Examine(SegmentFile segment, ReadOnlySpan<byte> bytes, long windowAt, ref BatchHeader? best)
    {
        for (int i = 0; i + BatchHeader.Size <= bytes.Length; i += 8)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]) != BatchHeader.Magic) continue;
            bool valid = BatchHeader.TryDecode(
                bytes[i..], segment.Header.Secret, segment.Header.Ordinal, windowAt + i, out BatchHeader header);
            if (valid && (best is not BatchHeader known || header.DurableThrough > known.DurableThrough)) best = header;
        }
    }
}
