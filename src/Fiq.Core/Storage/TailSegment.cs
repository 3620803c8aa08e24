namespace Fiq.Storage;

/// <summary>
/// This process's descriptor of the segment that is appended to. Owned by whoever runs the commit; it changes only
/// with the append lock held, or, for a leader, never.
/// </summary>
internal sealed class TailSegment(LogContext context, ControlPage page) : IDisposable
{
    private SegmentFile? _segment;
    private long _room;

    /// <summary>
    /// The tail when this descriptor was opened. An error in writing back what lay before it may have been told to
    /// others only, so a sync through this descriptor proves nothing about it.
    /// </summary>
    private LogMark _seenAtOpen;

    /// <summary>The open segment's epoch; 0 when none is open.</summary>
    public long Epoch => _segment?.Header.Ordinal ?? 0;

    /// <summary>The size of its file, as far as it is known: what is written up to there takes no more room.</summary>
    public long Room => _room;

    public SegmentFile Segment => _segment ?? throw new InvalidOperationException("no segment is open");

    /// <summary>Opens the tail's segment unless it is open already.</summary>
    public void Follow(in LogMark tail)
    {
        if (Epoch == tail.Epoch) return;
        SegmentFile segment = SegmentFile.TryOpen(context.Folder, tail.Segment, context.QueueId, writable: true)
            ?? throw new DamagedException(tail.Segment.ToString(), 0, tail.Position, "the tail segment is missing");
        // Read after opening: whatever was written before the opening lies below this tail.
        Take(segment, page.Tail());
    }

    /// <summary>Takes a segment that this process has just made, or has recovered alone.</summary>
    public void Take(SegmentFile segment, in LogMark seenAtOpen)
    {
        if (_segment != segment) _segment?.Dispose();
        _segment = segment;
        _seenAtOpen = seenAtOpen;
        _room = segment.File.Length;
    }

    /// <summary>Whether a sync through this descriptor proves everything up to the tail.</summary>
    public bool MayLead(in LogMark watermark) =>
        _seenAtOpen.Epoch == Epoch && watermark.Epoch == Epoch && watermark.Offset >= _seenAtOpen.Offset;

    /// <summary>
    /// Makes room for a write that ends here, growing by doubling, so that later syncs write no size.
    /// </summary>
    public void EnsureRoom(long endPosition)
    {
        if (endPosition <= _room) return;
        _room = Segment.File.Length;
        if (endPosition <= _room) return;
        long wanted = Math.Max(endPosition, Math.Min(_room * 2, context.SegmentBytesNow));
        SegmentBirth.Allocate(context, Segment.File, wanted);
        _room = Math.Max(endPosition, Segment.File.Length);
    }

    /// <summary>The header at the end of the log; null when it does not stand there as the page says.</summary>
    public BatchHeader? TryReadLast(in LogMark tail)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        int read = Segment.Read(bytes, tail.LastHeaderPosition);
        return BatchHeader.TryDecode(
                bytes[..read], Segment.Header.Secret, tail.Epoch, tail.LastHeaderPosition, out BatchHeader header)
            && header.Crc == tail.LastHeaderCrc
            ? header
            : null;
    }

    public void Dispose() => _segment?.Dispose();
}
