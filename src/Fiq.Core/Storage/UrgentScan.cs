using System.Buffers;

namespace Fiq.Storage;

/// <summary>
/// Finds messages with a priority above 0 without reading the others: the header of each batch says which priorities
/// it holds. Goes forward only. One thread at a time.
/// </summary>
internal sealed class UrgentScan(LogContext context) : IDisposable
{
    private readonly SegmentCursor _cursor = new(context);

    /// <summary>
    /// Looks at up to <paramref name="batchesMax"/> batches from an offset on; returns the offset at which to go on.
    /// </summary>
    /// <param name="from">The first offset.</param>
    /// <param name="watermark">How far the log is durable.</param>
    /// <param name="batchesMax">A bound for the time it takes.</param>
    /// <param name="into">Gets offset and priority of each that was found, ascending.</param>
    /// <exception cref="DamagedException">The chain of batches is broken.</exception>
    public long Advance(long from, in LogMark watermark, int batchesMax, List<(long Offset, int Priority)> into)
    {
        long next = from;
        for (int i = 0; i < batchesMax && next < watermark.Offset; i++)
        {
            if (!_cursor.TryFind(next, watermark.Offset, watermark.Epoch, out BatchHeader header))
                return watermark.Offset;
            if (header.Kind == BatchKind.Data && (header.Priorities & ~1u) != 0) Read(header, next, into);
            next = header.EndOffset;
        }

        return next;
    }

    public void Dispose() => _cursor.Dispose();

    private void Read(in BatchHeader header, long from, List<(long Offset, int Priority)> into)
    {
        byte[] body = ArrayPool<byte>.Shared.Rent(header.BodyLength);
        try
        {
            // Whoever takes the messages of a damaged batch names the damage.
            if (!BatchBody.TryRead(_cursor.Segment, header, body)) return;
            int at = 0;
            for (long offset = header.BaseOffset; offset < header.EndOffset; offset++)
            {
                ReadOnlySpan<byte> record = body.AsSpan(at, header.BodyLength - at);
                int size = RecordCodec.PeekSize(record);
                if (size == 0) return;
                if (offset >= from && RecordCodec.PeekPriority(record) is var priority and > 0)
                    into.Add((offset, priority));
                at += size;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }
}
