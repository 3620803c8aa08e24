namespace Fiq.Storage;

/// <summary>
/// Questions about a place in the log that need more than one message: sums below it, the first since a time.
/// </summary>
internal static class LogLookup
{
    private const long ReadBytesMax = 1024 * 1024;

    /// <summary>Declared work, in microseconds, of all messages below an offset.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="offset">At least the first offset kept; at most the watermark's.</param>
    /// <param name="watermark">How far the log is durable.</param>
    public static long MicrosecondsBelow(LogContext context, long offset, in LogMark watermark)
    {
        if (offset >= watermark.Offset) return watermark.Sums.Microseconds;
        using var cursor = new SegmentCursor(context);
        if (!cursor.TryFind(offset, watermark.Offset, watermark.Epoch, out BatchHeader header))
            return watermark.Sums.Microseconds;
        long sum = header.Sums.Microseconds;
        // All that lost messages declared counts for the last one of them, which lies at or behind the offset.
        if (header.Kind == BatchKind.Lost) return sum - header.LostMicroseconds;
        using var reader = new LogReader(context);
        var messages = new List<StoredMessage>();
        for (long next = Math.Max(offset, header.BaseOffset); next < header.EndOffset;)
        {
            messages.Clear();
            next = reader.Read(next, header.EndOffset, watermark.Epoch, messages, ReadBytesMax);
            foreach (StoredMessage stored in messages) sum -= stored.Message.ProcessingMicroseconds;
        }

        return sum;
    }

    /// <summary>Declared work, in microseconds, of all messages in some ranges of offsets that are kept.</summary>
    public static long MicrosecondsIn(
        LogContext context, IEnumerable<(long From, long To)> ranges, in LogMark watermark)
    {
        long sum = 0;
        foreach ((long from, long to) in ranges)
            sum += MicrosecondsBelow(context, to, watermark) - MicrosecondsBelow(context, from, watermark);
        return sum;
    }

    /// <summary>
    /// The offset of the first message stored at or after a time; the watermark's when there is none.
    /// </summary>
    public static long FirstSince(LogContext context, long firstOffset, long microseconds, in LogMark watermark)
    {
        using var cursor = new SegmentCursor(context);
        long next = SegmentBefore(context, firstOffset, microseconds);
        while (next < watermark.Offset
            && cursor.TryFind(next, watermark.Offset, watermark.Epoch, out BatchHeader header))
        {
            // The header names the largest timestamp so far: below it nothing here can be late enough.
            if (header.Kind == BatchKind.Data && header.TimestampMax >= microseconds)
            {
                using var reader = new LogReader(context);
                var messages = new List<StoredMessage>();
                for (long at = Math.Max(next, header.BaseOffset); at < header.EndOffset;)
                {
                    messages.Clear();
                    at = reader.Read(at, header.EndOffset, watermark.Epoch, messages, ReadBytesMax);
                    foreach (StoredMessage stored in messages)
                        if (stored.Message.TimestampMicroseconds >= microseconds) return stored.Offset;
                }
            }

            next = header.EndOffset;
        }

        return watermark.Offset;
    }

    /// <summary>The first offset of the last segment that begins with earlier messages than that.</summary>
    private static long SegmentBefore(LogContext context, long firstOffset, long microseconds)
    {
        long offset = firstOffset;
        foreach (SegmentName name in SegmentList.Read(context.Folder))
        {
            using SegmentFile? segment = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: false);
            if (segment is null) continue;
            using SegmentWalk walk = SegmentWalk.FromStart(segment);
            // The checkpoint carries the largest timestamp before its segment.
            if (!walk.TryNext(out BatchHeader checkpoint) || checkpoint.TimestampMax >= microseconds) break;
            offset = Math.Max(firstOffset, name.BaseOffset);
        }

        return offset;
    }
}
