namespace Fiq.Storage;

/// <summary>
/// Finds the end of the log after nobody vouched for it, and says of each batch behind the last proof whether it is
/// whole. Changes nothing: it either names a clean end, or what must be carried over into a new segment, or damage.
/// Its memory does not depend on what lies before the tail segment.
/// </summary>
internal sealed class Recovery(LogContext context, ControlPage page)
{
    /// <summary>What was found.</summary>
    /// <param name="Proven">The end of what is proven to be durable.</param>
    /// <param name="Accepted">
    /// The end of what is whole; equal to the proven end when nothing must be carried over.
    /// </param>
    /// <param name="IsClean">The segment can be appended to as it is.</param>
    public readonly record struct Finding(LogMark Proven, LogMark Accepted, bool IsClean);

    /// <summary>Examines the tail segment.</summary>
    /// <param name="segment">The segment with the highest ordinal.</param>
    /// <param name="provenByGroups">Every offset below it was durable, as the groups' offset files prove.</param>
    /// <exception cref="DamagedException">Something that was durable is not there any more.</exception>
    public Finding Examine(SegmentFile segment, long provenByGroups)
    {
        LogMark start = Hint(segment) ?? Beginning(segment);
        LogMark end = WalkHeaders(segment, start, out long proof);
        proof = Math.Max(Math.Max(proof, provenByGroups), Math.Max(start.Offset, segment.Header.BornOffset));
        proof = Math.Max(proof, ProvenByPage(segment));
        if (end.Position < segment.Header.BornPosition || end.Offset < proof) throw Damaged(segment, end, proof);
        (LogMark proven, LogMark accepted) = WalkBodies(segment, start, proof);
        // The last header may be there and its body cut off.
        if (proven.Position > segment.File.Length)
            throw new DamagedException(
                segment.Name.ToString(), segment.File.Length, proven.Position, "the last durable batch is cut off");
        if (IsClean(segment, accepted)) return new Finding(accepted, accepted, IsClean: true);
        if (HeaderScan.FindHighestProof(segment, accepted.Position) is BatchHeader beyond
            && beyond.DurableThrough > accepted.Offset)
            throw Damaged(segment, accepted, beyond.DurableThrough, beyond.Position);
        return new Finding(proven, accepted, IsClean: false);
    }

    private static LogMark Beginning(SegmentFile segment)
    {
        SegmentHeader header = segment.Header;
        return new LogMark(
            header.Ordinal,
            header.BaseOffset,
            SegmentHeader.Size,
            header.BaseOffset,
            0,
            header.Previous.LastHeaderCrc,
            header.Sums,
            0);
    }

    /// <summary>
    /// Where the page lets the walk begin: only when page and file agree in everything that can be compared. The walk
    /// goes on from there to the first invalid header all the same, so a page that is merely old does no harm.
    /// </summary>
    private LogMark? Hint(SegmentFile segment)
    {
        if (!page.Belongs(context.QueueId, context.BootId, out _)) return null;
        if (page.TailFile() != segment.File.Identity || page.Rolling != 0) return null;
        if (page.TryWatermark() is not LogMark watermark || page.TryTail() != watermark) return null;
        if (watermark.Segment != segment.Name) return null;
        if (page.Syncing == watermark.Epoch || page.Failed == watermark.Epoch) return null;
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        int read = segment.Read(bytes, watermark.LastHeaderPosition);
        bool agrees = BatchHeader.TryDecode(
                bytes[..read],
                segment.Header.Secret,
                watermark.Epoch,
                watermark.LastHeaderPosition,
                out BatchHeader last)
            && last.Crc == watermark.LastHeaderCrc && last.EndPosition == watermark.Position;
        return agrees ? watermark : null;
    }

    /// <summary>
    /// A watermark is stored only after a sync, so it proves what it says, in any boot, as long as it speaks of this
    /// very file. In a copied folder files have other identities, and the page may be newer than they are.
    /// </summary>
    private long ProvenByPage(SegmentFile segment)
    {
        if (!page.Belongs(context.QueueId, bootId: null, out _)) return 0;
        if (page.TryWatermark() is not LogMark watermark) return 0;
        if (watermark.Segment == segment.Name)
            return page.TailFile() == segment.File.Identity ? watermark.Offset : 0;
        bool isOriginal = context.Folder.TryStatus(ControlFile.Name)?.Identity == page.OwnFile();
        // A segment whose name could not be made durable is marked as failed before its watermark is stored.
        if (isOriginal && watermark.Epoch > segment.Header.Ordinal && page.Failed != watermark.Epoch)
            throw new DamagedException(
                watermark.Segment.ToString(), 0, watermark.Position, "the segment was durable and is not there");
        return 0;
    }

    private static LogMark WalkHeaders(SegmentFile segment, in LogMark start, out long proof)
    {
        proof = segment.Header.BaseOffset;
        LogMark end = start;
        using SegmentWalk walk = SegmentWalk.From(segment, start);
        while (walk.TryNext(out BatchHeader header))
        {
            proof = Math.Max(proof, header.DurableThrough);
            end = LogMark.Behind(header, segment.Header.BaseOffset);
        }

        return end;
    }

    /// <summary>
    /// Goes over the proven batches by their headers, then over the others as long as their bodies are whole. A group
    /// of batches that belong together counts only when its last one is there.
    /// </summary>
    private static (LogMark Proven, LogMark Accepted) WalkBodies(SegmentFile segment, in LogMark start, long proof)
    {
        LogMark proven = start;
        LogMark accepted = start;
        using SegmentWalk walk = SegmentWalk.From(segment, start);
        while (walk.TryNext(out BatchHeader header))
        {
            LogMark behind = LogMark.Behind(header, segment.Header.BaseOffset);
            bool isProven = proven.Offset < proof || header.Kind == BatchKind.Checkpoint;
            if (!isProven && !BatchBody.IsWhole(segment, header)) break;
            if (isProven) proven = behind;
            if (isProven || !header.Flags.HasFlag(BatchFlags.Continues)) accepted = behind;
        }

        return (proven, accepted);
    }

    private bool IsClean(SegmentFile segment, in LogMark accepted) =>
        page.Belongs(context.QueueId, bootId: null, out _)
        && page.TailFile() == segment.File.Identity
        && page.TryWatermark() == accepted
        && page.Failed != accepted.Epoch && page.Syncing != accepted.Epoch
        && segment.FindNonZero(accepted.Position) is null;

    private static DamagedException Damaged(SegmentFile segment, in LogMark end, long proof, long? provenAt = null) =>
        new(
            segment.Name.ToString(),
            end.Position,
            provenAt ?? Math.Max(end.Position, segment.File.Length),
            proof > end.Offset
                ? $"offsets {end.Offset}..{proof - 1} were durable and are not there"
                : "what it was born with is not there");
}
