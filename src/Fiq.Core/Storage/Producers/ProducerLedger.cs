using System.Buffers;
using Fiq.Files;

namespace Fiq.Storage.Producers;

/// <summary>
/// What one process knows of the producers of its queue: the checkpoint of the tail segment and the batches with
/// producers behind it, which are linked backwards. It follows them only when somebody asks: those who append without
/// a name pay nothing. What it knows may lie behind the end that the segment is given later; the links tell, and then
/// it begins anew. Append lock.
/// </summary>
internal sealed class ProducerLedger(ControlLocks locks, TailSegment tailSegment)
{
    private ProducerTable _table = new();

    // The table is as of behind this batch of the segment of this epoch.
    private long _epoch;
    private long _through;

    /// <summary>How far a producer has come at a place of the tail segment.</summary>
    /// <exception cref="DamagedException">What says so is damaged.</exception>
    public ProducerPosition FindWithAppendLock(string name, in LogMark mark)
    {
        locks.AssertHeld(ControlLock.Append);
        SegmentFile segment = tailSegment.Segment;
        var newer = new ProducerTable();
        long at = mark.LastHeaderPosition;
        for (bool isLast = true; at > Checkpoint.Position && (_epoch != mark.Epoch || at != _through); isLast = false)
        {
            if (!TryReadHeader(segment, at, isLast, out BatchHeader header)) return TableAt(segment, mark).Find(name);
            if (header.ProducersThrough == at) LearnBody(segment, header, newer);
            if (newer.Find(name) is { IsKnown: true } found) return found;
            at = LinkOf(header);
        }

        return (_epoch == mark.Epoch && at == _through ? _table : Checkpoint.Read(segment)).Find(name);
    }

    /// <summary>All producers at a place of the tail segment; valid until the next call.</summary>
    /// <exception cref="DamagedException">What says so is damaged.</exception>
    public ProducerTable TableWithAppendLock(in LogMark mark)
    {
        locks.AssertHeld(ControlLock.Append);
        return TableAt(tailSegment.Segment, mark);
    }

    /// <summary>Learns what this process itself has just appended, when it knows all before it.</summary>
    public void LearnWithAppendLock(EncodedCommit commit, in LogMark end, long producersBefore)
    {
        locks.AssertHeld(ControlLock.Append);
        if (commit.Producer is not ProducerName name) return;
        long before = Math.Max(producersBefore, Checkpoint.Position);
        if (_epoch != end.Epoch && before == Checkpoint.Position) TryRestart();
        if (_epoch != end.Epoch || _through != before) return;
        _table.Learn(name.ToString(), commit.LastPosition(end.Offset));
        _through = commit.ProducersThrough;
    }

    /// <summary>The table that was asked for last is the checkpoint of this epoch now.</summary>
    public void MoveToWithAppendLock(long epoch)
    {
        locks.AssertHeld(ControlLock.Append);
        (_epoch, _through) = (epoch, Checkpoint.Position);
    }

    private ProducerTable TableAt(SegmentFile segment, in LogMark mark)
    {
        if (_epoch != mark.Epoch) Restart(segment);
        if (TryFollow(segment, mark)) return _table;
        Restart(segment);
        if (!TryFollow(segment, mark)) WalkTo(segment, mark);
        return _table;
    }

    private void TryRestart()
    {
        try
        {
            Restart(tailSegment.Segment);
        }
        catch (Exception error) when (error is FiqException or FileSystemException)
        {
            // The commit is written: what is wrong with the checkpoint is for whoever needs it next.
            _epoch = 0;
        }
    }

    private void Restart(SegmentFile segment)
    {
        // Should the reading fail, nothing is known.
        _epoch = 0;
        _table = Checkpoint.Read(segment);
        (_epoch, _through) = (segment.Header.Ordinal, Checkpoint.Position);
    }

    /// <summary>Goes back along the links to what is known; false when they do not lead there.</summary>
    private bool TryFollow(SegmentFile segment, in LogMark mark)
    {
        var newer = new ProducerTable();
        long newest = 0;
        long at = mark.LastHeaderPosition;
        for (bool isLast = true; at > _through; isLast = false)
        {
            if (!TryReadHeader(segment, at, isLast, out BatchHeader header)) return false;
            if (newest == 0) newest = header.ProducersThrough;
            if (header.ProducersThrough == at) LearnBody(segment, header, newer);
            at = LinkOf(header);
        }

        if (at != _through) return false;
        _table.Learn(newer);
        _through = Math.Max(_through, newest);
        return true;
    }

    /// <summary>Where the links are broken, as a repair may leave them, every header is looked at.</summary>
    private void WalkTo(SegmentFile segment, in LogMark mark)
    {
        using SegmentWalk walk = SegmentWalk.FromStart(segment);
        while (walk.TryNext(out BatchHeader header, mark.Position))
        {
            if (!header.Flags.HasFlag(BatchFlags.HasProducers)) continue;
            LearnBody(segment, header, _table);
            _through = header.Position;
        }
    }

    private static long LinkOf(in BatchHeader header) => Math.Max(header.ProducersBefore, Checkpoint.Position);

    /// <summary>The last header of a log may be of any batch; every other one that is linked has producers.</summary>
    private static bool TryReadHeader(SegmentFile segment, long at, bool isLast, out BatchHeader header)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        int read = segment.Read(bytes, at);
        bool isHeader = BatchHeader.TryDecode(
            bytes[..read], segment.Header.Secret, segment.Header.Ordinal, at, out header);
        return isHeader && (isLast || header.ProducersThrough == at) && header.ProducersBefore < at;
    }

    private static void LearnBody(SegmentFile segment, in BatchHeader header, ProducerTable into)
    {
        byte[] body = ArrayPool<byte>.Shared.Rent(Math.Max(header.BodyLength, 1));
        try
        {
            if (BatchBody.TryRead(segment, header, body) && into.TryLearn(body.AsSpan(0, header.BodyLength), header))
                return;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }

        throw new DamagedException(
            segment.Name.ToString(), header.Position, header.EndPosition,
            $"the batch with offsets {header.BaseOffset}..{header.EndOffset - 1} is not what was written");
    }
}
