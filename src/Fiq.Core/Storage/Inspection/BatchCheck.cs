using System.Buffers;
using Fiq.Storage.Producers;

namespace Fiq.Storage.Inspection;

/// <summary>Whether a batch holds what its header says: its checksum, its records, what they sum up to.</summary>
internal static class BatchCheck
{
    /// <summary>What is wrong with it; null when nothing is. Its own sums are what it adds to the log.</summary>
    public static string? Examine(SegmentFile segment, in BatchHeader header, out RunningSums own)
    {
        own = default;
        byte[] body = ArrayPool<byte>.Shared.Rent(Math.Max(header.BodyLength, 1));
        try
        {
            if (!BatchBody.TryRead(segment, header, body)) return "the checksum of the batch is wrong";
            if (header.Kind == BatchKind.Checkpoint)
                return ProducerTable.TryDecode(body.AsSpan(0, header.BodyLength)) is null
                    ? "the table of producers is malformed"
                    : null;
            if (header.Kind == BatchKind.Lost)
            {
                own = new RunningSums(header.EndOffset - header.BaseOffset, 0, header.LostMicroseconds);
                return null;
            }

            return TrySum(body.AsMemory(0, header.BodyLength), header, out own)
                ? null
                : "the records of the batch do not fit its header";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private static bool TrySum(ReadOnlyMemory<byte> body, in BatchHeader header, out RunningSums own)
    {
        own = default;
        int at = 0;
        bool hasProducers = false;
        for (int i = 0; i < header.Count; i++)
        {
            int size = RecordCodec.PeekSize(body.Span[at..]);
            if (size == 0 || RecordCodec.TryDecode(body.Slice(at, size)) is not Message message) return false;
            hasProducers |= !RecordCodec.ProducerOf(body.Span.Slice(at, size), out _, out _).IsEmpty;
            own += new RunningSums(1, size, message.ProcessingMicroseconds);
            at += size;
        }

        return at == body.Length && hasProducers == header.Flags.HasFlag(BatchFlags.HasProducers);
    }
}
