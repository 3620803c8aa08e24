namespace Fiq.Storage;

/// <summary>
/// How much of the log is kept, and where what is to be kept begins. One thread at a time.
/// </summary>
internal sealed class KeptSegments(LogContext context, ControlPage page)
{
    // A footer has 16 bytes for each 64 KiB and a few hundred more. It is counted before it is there.
    private const int FooterShare = 4096;
    private const int FooterBytesMin = 512;

    private long _bytes;
    private long _epoch;
    private long _firstOffset;

    /// <summary>What a segment that ends at a position takes once it is sealed, at most.</summary>
    public static long Sealed(long position) => position + position / FooterShare + FooterBytesMin;

    /// <summary>Bytes of all segments before the tail's.</summary>
    public long BytesBefore(in LogMark tail)
    {
        long firstOffset = page.FirstOffset;
        if (_epoch == tail.Epoch && _firstOffset == firstOffset) return _bytes;
        long bytes = 0;
        foreach (SegmentName name in SegmentList.Read(context.Folder))
            if (name.Ordinal < tail.Epoch) bytes += BytesOf(name);
        (_bytes, _epoch, _firstOffset) = (bytes, tail.Epoch, firstOffset);
        return bytes;
    }

    /// <summary>The offset at which the segment begins that holds an offset, or would hold it.</summary>
    public long FirstOfSegmentWith(long offset) => SegmentList.Read(context.Folder)
        .Select(name => name.BaseOffset)
        .LastOrDefault(first => first <= offset);

    /// <summary>The offset of the oldest message such that all from there on are not larger than that.</summary>
    public long FirstWithin(long bytes)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        if (names.Count == 0) return 0;
        long left = bytes - page.Tail().Position;
        int first = names.Count - 1;
        while (first > 0 && (left -= BytesOf(names[first - 1])) >= 0) first--;
        return names[first].BaseOffset;
    }

    /// <summary>The offset at which the first segment begins that holds something stored since a time.</summary>
    public long FirstSince(long microseconds)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        for (int i = 1; i < names.Count; i++)
        {
            using SegmentFile? segment =
                SegmentFile.TryOpen(context.Folder, names[i], context.QueueId, writable: false);
            if (segment is null) return names[i - 1].BaseOffset;
            using SegmentWalk walk = SegmentWalk.FromStart(segment);
            // The checkpoint carries the largest timestamp before its segment.
            if (!walk.TryNext(out BatchHeader checkpoint) || checkpoint.TimestampMax >= microseconds)
                return names[i - 1].BaseOffset;
        }

        return names.Count == 0 ? 0 : names[^1].BaseOffset;
    }

    // Until it is sealed, a segment's file is as large as its room.
    private long BytesOf(SegmentName name)
    {
        long length = context.Folder.TryStatus(name.ToString())?.Length ?? 0;
        if (page.Ends.TryFind(name.Ordinal) is not SegmentEnd end) return length;
        return Math.Min(length, Sealed(end.Position));
    }
}
