using System.Buffers;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>Reads batch bodies and checks their checksums.</summary>
internal static class BatchBody
{
    private const int ChunkSize = 1024 * 1024;

    /// <summary>
    /// Reads a body into a buffer of its length; false when bytes are missing or the checksum is wrong.
    /// </summary>
    public static bool TryRead(SegmentFile segment, in BatchHeader header, Span<byte> target)
    {
        Span<byte> body = target[..header.BodyLength];
        return segment.Read(body, header.Position + BatchHeader.Size) == body.Length
            && Crc32C.Compute(body) == header.BodyCrc;
    }

    /// <summary>Whether a body is whole, without keeping it.</summary>
    public static bool IsWhole(SegmentFile segment, in BatchHeader header)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(header.BodyLength, 1));
        try
        {
            return TryRead(segment, header, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The first byte at or behind a position that is not zero; null when all to the end of the file are.
    /// </summary>
    public static long? FindNonZero(IFile file, long from)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            long position = from;
            while (file.FindData(position) is long data)
            {
                position = Math.Max(position, data);
                int read = file.Read(buffer.AsSpan(0, ChunkSize), position);
                int first = buffer.AsSpan(0, read).IndexOfAnyExcept((byte)0);
                if (first >= 0) return position + first;
                if (read < ChunkSize) return null;
                position += read;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
