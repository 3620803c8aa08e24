using System.Buffers;
using Fiq.Files;
using Fiq.Storage.Inspection;
using Fiq.Storage.Producers;

namespace Fiq.Storage.Repair;

/// <summary>
/// Finds how far producers have come in a damaged log: from the last checkpoint that is intact, and the intact batches
/// behind it. What stood only in what is lost is not known any more, and is taken when it is sent again.
/// </summary>
internal sealed class ProducerRescue(LogContext context, LogInspection found)
{
    public ProducerTable Run()
    {
        var table = new ProducerTable();
        for (int i = found.Segments.Count - 1; i >= 0; i--)
            if (found.Segments[i].Header is not null && Learn(found.Segments[i], table)) break;
        return table;
    }

    /// <summary>Learns all that a segment knows; true when that is all there is to know before it, too.</summary>
    private bool Learn(SegmentInspection segment, ProducerTable table)
    {
        using IFile? file = context.Folder.TryOpenFile(segment.Name.ToString(), writable: false);
        if (file is null) return false;
        bool hasCheckpoint = false;
        var source = SegmentFile.Adopt(new SalvagedFile(file), segment.Header!);
        foreach (SegmentPiece piece in SegmentPieces.Of(source, segment.Limit))
        {
            if (piece.Damage is not null) continue;
            hasCheckpoint |= piece.Batch.Kind == BatchKind.Checkpoint;
            bool isKnowing = piece.Batch.Kind == BatchKind.Checkpoint
                || piece.Batch.Flags.HasFlag(BatchFlags.HasProducers);
            if (isKnowing) Learn(source, piece.Batch, table);
        }

        return hasCheckpoint;
    }

    private static void Learn(SegmentFile source, in BatchHeader batch, ProducerTable table)
    {
        byte[] body = ArrayPool<byte>.Shared.Rent(Math.Max(batch.BodyLength, 1));
        try
        {
            // It was intact a moment ago; should it not be so any more, it is passed over like what was damaged before.
            if (!BatchBody.TryRead(source, batch, body)) return;
            ReadOnlySpan<byte> bytes = body.AsSpan(0, batch.BodyLength);
            if (batch.Kind == BatchKind.Data) table.TryLearn(bytes, batch);
            else if (ProducerTable.TryDecode(bytes) is ProducerTable before) table.Learn(before);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }
}
