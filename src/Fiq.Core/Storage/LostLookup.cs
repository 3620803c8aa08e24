namespace Fiq.Storage;

/// <summary>What repairs recorded as lost: found by the headers of those segments that a repair has touched.</summary>
internal static class LostLookup
{
    /// <summary>The lost messages of a log, in order, as far as it is durable.</summary>
    public static List<LostMessages> All(LogContext context, in LogMark watermark)
    {
        var lost = new List<LostMessages>();
        List<SegmentName> names = SegmentList.Read(context.Folder);
        for (int i = 0; i < names.Count; i++)
        {
            using SegmentFile? segment = Open(context, names[i]);
            if (segment is null || (segment.Header.Features & FormatVersion.LostBatches) == 0) continue;
            long end = watermark.Epoch == names[i].Ordinal ? watermark.Position : EndOf(context, names, i);
            using SegmentWalk walk = SegmentWalk.FromStart(segment);
            while (walk.TryNext(out BatchHeader header, end))
                if (header.Kind == BatchKind.Lost && header.Count > 0) lost.Add(LostMessages.Of(header));
        }

        return lost;
    }

    private static long EndOf(LogContext context, List<SegmentName> names, int index)
    {
        if (index + 1 == names.Count) return 0;
        using SegmentFile? next = Open(context, names[index + 1]);
        return next?.Header.Previous.Position ?? 0;
    }

    private static SegmentFile? Open(LogContext context, SegmentName name) =>
        SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: false);
}
