namespace Fiq.Storage;

/// <summary>
/// Finds the batch that holds an offset: the segment by its name, the place by the sparse index, the rest by walking.
/// Going on from the last batch costs one header. One thread at a time.
/// </summary>
internal sealed class SegmentCursor(LogContext context) : IDisposable
{
    private SegmentFile? _segment;
    private SegmentWalk? _walk;
    private SparseIndex _index = new();

    // Where the segment ends, once its successor says so; batches behind it do not exist.
    private SegmentEnd? _end;

    public SegmentFile Segment => _segment ?? throw new InvalidOperationException("no segment is open");

    /// <summary>
    /// The batch that holds an offset, or the first one behind it that begins before <paramref name="to"/>; false when
    /// there is none. It may be one of lost messages.
    /// Everything below <paramref name="to"/> is durable, as a watermark of
    /// <paramref name="epoch"/> said.
    /// </summary>
    public bool TryFind(long offset, long to, long epoch, out BatchHeader header)
    {
        header = default;
        if (!CanGoOn(offset) && !OpenAt(offset)) return false;
        while (true)
        {
            if (!TryRequireEnd(epoch))
            {
                // Deleted while we stood in it: everything in it was settled, so begin again where we are wanted.
                Close();
                if (!OpenAt(offset)) return false;
                continue;
            }

            long end = _end?.Position ?? long.MaxValue;
            while (_walk!.Offset < to && _walk.TryNext(out header, end, to))
            {
                _index.Learn(header);
                if (header.Kind != BatchKind.Checkpoint && header.EndOffset > offset) return header.BaseOffset < to;
            }

            if (_walk.Offset >= to) return false;
            if (!TryCross(to)) return false;
        }
    }

    public void Dispose() => Close();

    private bool CanGoOn(long offset) =>
        _segment is not null && _walk is not null && offset >= _walk.Offset
        && (_index.Find(offset) is not SparseIndex.Entry entry || entry.Position <= _walk.Position);

    /// <summary>Opens the segment of an offset and goes to the batch that the index names before it.</summary>
    private bool OpenAt(long offset)
    {
        bool inSegment = _segment is not null && offset >= _segment.Header.BaseOffset
            && _end is SegmentEnd end && offset < end.Offset;
        if (!inSegment)
        {
            while (true)
            {
                List<SegmentName> names = SegmentList.Read(context.Folder);
                if (names.Count == 0) return false;
                if (Open(names[Math.Max(0, SegmentList.IndexOf(names, offset))])) break;
            }
        }

        _walk?.Dispose();
        _walk = _index.Find(offset) is SparseIndex.Entry entry
            ? SegmentWalk.TryFromBatch(Segment, entry.Position) ?? SegmentWalk.FromStart(Segment)
            : SegmentWalk.FromStart(Segment);
        return true;
    }

    private bool Open(SegmentName name)
    {
        if (_segment is not null && _segment.Name == name && _end is null)
        {
            // Perhaps it has ended since.
            LearnEnd();
            return true;
        }

        Close();
        _segment = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: false);
        if (_segment is null) return false;
        LearnEnd();
        return true;
    }

    private void LearnEnd()
    {
        SegmentName name = Segment.Name;
        foreach (SegmentName other in SegmentList.Read(context.Folder))
        {
            if (other.Ordinal != name.Ordinal + 1) continue;
            using SegmentFile? successor = SegmentFile.TryOpen(context.Folder, other, context.QueueId, writable: false);
            if (successor is null) return;
            _end = successor.Header.Previous;
            if (Footer.TryRead(Segment, _end.Value.Position) is Footer footer) _index = footer.Index;
        }
    }

    /// <summary>
    /// In the watermark's own segment the watermark is the limit. In an earlier one it is the stated end: behind it
    /// there may be batches that were void, and look like others. False: the segment was deleted.
    /// </summary>
    private bool TryRequireEnd(long epoch)
    {
        if (_end is not null || Segment.Header.Ordinal >= epoch) return true;
        LearnEnd();
        if (_end is not null) return true;
        if (context.Folder.TryStatus(Segment.Name.ToString()) is null) return false;
        throw new DamagedException(
            Segment.Name.ToString(), 0, Segment.File.Length, "the segment that states its end is missing");
    }

    /// <summary>Crosses into the next segment, which must begin where this one was said to end.</summary>
    private bool TryCross(long to)
    {
        long current = Segment.Header.Ordinal;
        long endPosition = _end?.Position ?? Segment.File.Length;
        if (_end is null || _walk!.Position < endPosition)
            throw new DamagedException(
                Segment.Name.ToString(), _walk!.Position, endPosition, Missing(_walk.Offset, _end?.Offset ?? to));
        // Whole in itself, and yet not what its successor was written behind.
        SegmentEnd end = _end.Value;
        if (_walk.Position > endPosition || _walk.Offset != end.Offset || _walk.LastCrc != end.LastHeaderCrc)
            throw new DamagedException(
                Segment.Name.ToString(), 0, Segment.File.Length, "it does not end as its successor says");
        while (true)
        {
            List<SegmentName> names = SegmentList.Read(context.Folder);
            int next = names.FindIndex(name => name.Ordinal > current);
            if (next < 0) return false;
            // Null: deleted between the listing and the opening. The first one that is kept comes after it.
            if (!Open(names[next])) continue;
            _walk?.Dispose();
            _walk = SegmentWalk.FromStart(Segment);
            return true;
        }
    }

    private void Close()
    {
        _walk?.Dispose();
        _walk = null;
        _segment?.Dispose();
        _segment = null;
        _end = null;
        _index = new SparseIndex();
    }

    private static string Missing(long from, long to) => $"offsets {from}..{to - 1} were durable and are not there";
}
