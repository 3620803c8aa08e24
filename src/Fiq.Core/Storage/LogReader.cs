using System.Buffers;

namespace Fiq.Storage;

/// <summary>
/// Reads messages by their offsets, forward or anywhere. Keeps the batch it stands in, so reading on costs no search.
/// It holds its segment open: deleting the segment's name does not disturb it. One thread at a time.
/// </summary>
internal sealed class LogReader(LogContext context) : IDisposable
{
    private readonly SegmentCursor _cursor = new(context);
    private byte[] _body = [];
    private BatchHeader _batch;
    private long _recordOffset;
    private int _recordAt;

    /// <summary>
    /// Reads messages in order of their offsets into <paramref name="into"/>: those in [<paramref name="from"/>,
    /// <paramref name="to"/>) that exist. Stops early behind about <paramref name="bytesMax"/> bytes, but not before
    /// one message. Returns the offset at which to go on; what was passed over in between is not kept any more.
    /// </summary>
    /// <param name="from">The first offset.</param>
    /// <param name="to">One past the last; at most the watermark.</param>
    /// <param name="epoch">The watermark's epoch.</param>
    /// <param name="into">Where the messages go.</param>
    /// <param name="bytesMax">A bound for memory.</param>
    /// <param name="lost">Told of the offsets that were passed over because a repair recorded them as lost.</param>
    /// <exception cref="DamagedException">A batch that was durable is damaged.</exception>
    public long Read(
        long from, long to, long epoch, List<StoredMessage> into, long bytesMax, List<LostMessages>? lost = null)
    {
        long bytes = 0;
        long next = from;
        while (next < to && (bytes == 0 || bytes < bytesMax))
        {
            if (!Contains(next) && !MoveTo(next, to, epoch, lost)) return to;
            next = Math.Max(next, _batch.BaseOffset);
            if (next >= to) return to;
            SkipTo(next);
            bytes += Take(ref next, to, into, bytesMax - bytes);
        }

        return next;
    }

    /// <summary>
    /// Looks at messages without decoding or keeping them: adds those in [<paramref name="from"/>,
    /// <paramref name="to"/>) that exist to <paramref name="into"/>, ascending. Returns the bytes of their records.
    /// </summary>
    /// <inheritdoc cref="Read" path="/exception" />
    public long Glance(long from, long to, long epoch, List<GlancedMessage> into)
    {
        long bytes = 0;
        long next = from;
        while (next < to)
        {
            if (!Contains(next) && !MoveTo(next, to, epoch, lost: null)) break;
            next = Math.Max(next, _batch.BaseOffset);
            if (next >= to) break;
            SkipTo(next);
            for (long end = Math.Min(to, _batch.EndOffset); next < end; _recordOffset = ++next)
            {
                int size = PeekSize();
                ReadOnlySpan<byte> record = _body.AsSpan(_recordAt, size);
                into.Add(new GlancedMessage(
                    next, RecordCodec.PeekKeyHash(record), RecordCodec.PeekPriority(record)));
                _recordAt += size;
                bytes += size;
            }
        }

        return bytes;
    }

    public void Dispose()
    {
        _cursor.Dispose();
        if (_body.Length > 0) ArrayPool<byte>.Shared.Return(_body);
        _body = [];
    }

    private bool Contains(long offset) =>
        _batch.Kind == BatchKind.Data && offset >= _batch.BaseOffset && offset < _batch.EndOffset;

    /// <summary>
    /// Reads the batch that holds an offset, or the first one behind it; false when none is before the end.
    /// </summary>
    private bool MoveTo(long offset, long to, long epoch, List<LostMessages>? lost)
    {
        _batch = default;
        if (!_cursor.TryFind(offset, to, epoch, out BatchHeader header)) return false;
        while (header.Kind == BatchKind.Lost)
        {
            lost?.Add(LostMessages.Of(header));
            if (header.EndOffset >= to || !_cursor.TryFind(header.EndOffset, to, epoch, out header)) return false;
        }

        if (_body.Length < header.BodyLength)
        {
            if (_body.Length > 0) ArrayPool<byte>.Shared.Return(_body);
            _body = ArrayPool<byte>.Shared.Rent(header.BodyLength);
        }

        if (!BatchBody.TryRead(_cursor.Segment, header, _body))
            throw new DamagedException(
                _cursor.Segment.Name.ToString(),
                header.Position,
                header.EndPosition,
                $"the checksum of the batch with offsets {header.BaseOffset}..{header.EndOffset - 1} is wrong");
        _batch = header;
        _recordOffset = header.BaseOffset;
        _recordAt = 0;
        return true;
    }

    private void SkipTo(long offset)
    {
        if (offset < _recordOffset)
        {
            _recordOffset = _batch.BaseOffset;
            _recordAt = 0;
        }

        for (; _recordOffset < offset; _recordOffset++) _recordAt += PeekSize();
    }

    /// <summary>Copies the records out in one piece, so that the messages do not hold the whole batch.</summary>
    private long Take(ref long next, long to, List<StoredMessage> into, long bytesMax)
    {
        int start = _recordAt;
        long end = Math.Min(to, _batch.EndOffset);
        long count = 0;
        for (; next + count < end && (count == 0 || _recordAt - start < bytesMax); count++) _recordAt += PeekSize();
        byte[] copy = _body.AsSpan(start, _recordAt - start).ToArray();
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            int size = RecordCodec.PeekSize(copy.AsSpan(at));
            Message message = RecordCodec.TryDecode(copy.AsMemory(at, size)) ?? throw Malformed();
            into.Add(new StoredMessage(next + i, message));
            at += size;
        }

        next += count;
        _recordOffset = next;
        return copy.Length;
    }

    private int PeekSize()
    {
        int size = RecordCodec.PeekSize(_body.AsSpan(_recordAt, _batch.BodyLength - _recordAt));
        return size > 0 ? size : throw Malformed();
    }

    private DamagedException Malformed() => new(
        _cursor.Segment.Name.ToString(),
        _batch.Position,
        _batch.EndPosition,
        $"the batch with offsets {_batch.BaseOffset}..{_batch.EndOffset - 1} is malformed");
}
