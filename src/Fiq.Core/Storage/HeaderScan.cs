using System.Buffers;
using System.Buffers.Binary;

namespace Fiq.Storage;

/// <summary>Looks for batch headers where the chain is broken: at every 8th byte, by their checksums.</summary>
internal sealed class HeaderScan(SegmentFile segment) : IDisposable
{
    private const int WindowSize = 1024 * 1024;

    private readonly byte[] _window = ArrayPool<byte>.Shared.Rent(WindowSize);

    /// <summary>The first valid header at or behind a position and before an end.</summary>
    public bool TryFind(long from, long end, out BatchHeader header)
    {
        header = default;
        long at = (from + 7) & ~7L;
        while (at < end && segment.File.FindData(at) is long data)
        {
            at = Math.Max(at, data & ~7L);
            int read = segment.File.Read(_window.AsSpan(0, WindowSize), at);
            if (TryFind(_window.AsSpan(0, read), at, out header)) return header.Position < end;
            if (read < WindowSize) return false;
            // The last bytes may be the first part of a header.
            at += (read - BatchHeader.Size) & ~7;
        }

        return false;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_window);

    private bool TryFind(ReadOnlySpan<byte> bytes, long windowAt, out BatchHeader header)
    {
        for (int i = 0; i + BatchHeader.Size <= bytes.Length; i += 8)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]) != BatchHeader.Magic) continue;
            if (BatchHeader.TryDecode(
                    bytes[i..], segment.Header.Secret, segment.Header.Ordinal, windowAt + i, out header))
                return true;
        }

        header = default;
        return false;
    }
}
