using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage.Inspection;

/// <summary>
/// Rebuilds a segment header that is damaged, so that the batches behind it are not lost with it. A single flipped bit
/// is found by trying them all. Otherwise the secret, which all batch headers are checked with, is found by running
/// their checksums backwards; the rest stands in the file's name and in the neighbours.
/// </summary>
internal static class SegmentRescue
{
    // Payloads may hold what looks like a batch header; each names a secret of its own. The real one is named most.
    private const int SecretsMax = 4096;
    private const int WindowSize = 1024 * 1024;
    private const int CrcAt = BatchHeader.Size - sizeof(uint);

    /// <summary>The header with one bit set right; null when no single bit makes it whole.</summary>
    public static SegmentHeader? TryCorrectBit(IFile file, SegmentName name, ulong queueId)
    {
        byte[] bytes = new byte[SegmentHeader.Size];
        if (file.Read(bytes, 0) < bytes.Length) return null;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (SegmentHeader.IsIntact(bytes))
            {
                SegmentHeader header = SegmentHeader.Decode(name.ToString(), bytes);
                if (header.Name == name && header.QueueId == queueId) return header;
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        return null;
    }

    /// <summary>A header that says what can still be known of its segment; null when no batch is intact.</summary>
    /// <param name="file">The segment's file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="queueId">The queue.</param>
    /// <param name="before">The end of its predecessor.</param>
    /// <param name="statedEnd">Its own end, when its successor states it.</param>
    public static SegmentHeader? TryRebuild(
        IFile file, SegmentName name, ulong queueId, in ChainPlace before, SegmentEnd? statedEnd)
    {
        if (FindSecret(file, name, statedEnd) is not ulong secret) return null;
        var header = new SegmentHeader
        {
            QueueId = queueId,
            Ordinal = name.Ordinal,
            BaseOffset = name.BaseOffset,
            Previous = new SegmentEnd(
                name.Ordinal - 1, before.Position, name.BaseOffset, before.Crc, EndReason.Repaired),
            Secret = secret,
            CreatedMicroseconds = 0,
            Sums = before.Sums,
            BornPosition = SegmentHeader.Size,
            BornOffset = name.BaseOffset,
        };
        // The checkpoint knows better what it follows.
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        int read = file.Read(bytes, Checkpoint.Position);
        return BatchHeader.TryDecode(bytes[..read], secret, name.Ordinal, Checkpoint.Position, out BatchHeader first)
            ? header with
            {
                Previous = header.Previous with { LastHeaderCrc = first.PreviousCrc },
                Sums = first.Sums,
            }
            : header;
    }

    private static ulong? FindSecret(IFile file, SegmentName name, SegmentEnd? statedEnd)
    {
        var votes = new Dictionary<ulong, int>();
        byte[] window = new byte[WindowSize];
        long at = 0;
        while (file.FindData(at) is long data)
        {
            at = Math.Max(at, data & ~7L);
            int read = file.Read(window, at);
            for (int i = 0; i + BatchHeader.Size <= read; i += 8)
            {
                ReadOnlySpan<byte> bytes = window.AsSpan(i, BatchHeader.Size);
                if (!LooksLikeHeader(bytes, name, at + i)) continue;
                uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]);
                ulong secret = Crc32CInverse.SecretOf(bytes[..CrcAt], crc);
                if (!BatchHeader.TryDecode(bytes, secret, name.Ordinal, at + i, out BatchHeader header)) continue;
                // Nobody could know this checksum in advance.
                if (statedEnd is SegmentEnd end && end.LastHeaderCrc == crc && end.Position == header.EndPosition)
                    return secret;
                if (votes.Count < SecretsMax || votes.ContainsKey(secret))
                    votes[secret] = votes.GetValueOrDefault(secret) + 1;
            }

            if (read < window.Length) break;
            at += (read - BatchHeader.Size + 8) & ~7;
        }

        return votes.Count == 0 ? null : votes.MaxBy(vote => vote.Value).Key;
    }

    private static bool LooksLikeHeader(ReadOnlySpan<byte> bytes, SegmentName name, long position) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) == BatchHeader.Magic
        && BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) == name.Ordinal
        && BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) == position;
}
