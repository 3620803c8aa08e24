using Fiq.Files;
using Fiq.Storage.Producers;

namespace Fiq.Storage;

/// <summary>
/// Brings one commit at a time onto the disk: append under the append lock, then sync for all or wait for whoever
/// syncs, until the watermark covers it or its epoch has ended without it; then it is written again in the next.
/// Not safe for several threads: the appender above runs one commit at a time.
/// </summary>
internal sealed class Committer(
    LogContext context, ControlPage page, ControlLocks locks, TailSegment tailSegment, Roller roller,
    AttachmentGuard guard, DurabilityWait durability, ProducerLedger producers)
{
    // Each failed sync voids the commit once; a disk on which so many fail in a row can't be written.
    private const int EpochsMax = 16;

    private const int ZerosAtATime = 64 * 1024;

    private readonly RollBrake _rolls = new(context.Time);

    // Where this process's last commit ended, and the last batch with producers up to there.
    private LogMark _lastOwn;
    private long _producersThrough;

    /// <summary>
    /// Stores a commit and returns the offset of its first message, once it and all before it are durable.
    /// </summary>
    /// <param name="source">What to store.</param>
    /// <param name="admission">Who is asked whether it may be stored; null when it may.</param>
    /// <exception cref="FiqException">
    /// Nothing was stored, unless its code is <see cref="ErrorCode.Unknown"/>.
    /// </exception>
    public long Commit(ICommitSource source, IAdmission? admission = null)
    {
        for (int epoch = 0; epoch < EpochsMax; epoch++)
        {
            // Asked once: what is void was admitted before.
            LogMark end = Append(source, epoch == 0 ? admission : null, out int count);
            if (durability.IsDurableInTheEnd(end)) return end.Offset - count;
        }

        throw new FiqException(
            ErrorCode.Failed,
            $"{EpochsMax} syncs in a row have failed; nothing was stored",
            "The disk does not take what is written. Look at the kernel's messages (dmesg).");
    }

    /// <summary>
    /// Ends the tail segment, so that it can be deleted like the others, if it holds messages and
    /// <paramref name="isWanted"/> says so of its end. Whether it did.
    /// </summary>
    public bool TryEndSegment(Func<LogMark, bool> isWanted)
    {
        locks.Enter(ControlLock.Append);
        try
        {
            LogMark tail = FollowTail();
            if (!HasMessages(tail) || !isWanted(tail)) return false;
            BatchHeader? last = ReadLast(tail);
            Roll(IsSpoilt(tail, last) ? EndReason.Failed : EndReason.Full, ref tail, ref last);
            return true;
        }
        finally
        {
            Leave(isWritten: false);
        }
    }

    /// <summary>
    /// Stores how far a producer has come although no message says so: in the checkpoint of a new segment, which is
    /// durable before it has its name. Nothing happens when it has come so far already.
    /// </summary>
    /// <exception cref="FiqException">It is not stored, or may be: trying again does no harm.</exception>
    public void MoveProducer(ProducerMove move)
    {
        locks.Enter(ControlLock.Append);
        try
        {
            // Again when the successor turned out to be the work of a process that died, and knows nothing of it.
            for (int tries = 0; tries < EpochsMax; tries++)
            {
                LogMark tail = FollowTail();
                if (producers.FindWithAppendLock(move.Name.ToString(), tail).Sequence >= move.Position.Sequence) return;
                BatchHeader? last = ReadLast(tail);
                Roll(IsSpoilt(tail, last) ? EndReason.Failed : EndReason.Full, ref tail, ref last, move);
            }
        }
        finally
        {
            Leave(isWritten: false);
        }

        throw new FiqException(ErrorCode.Failed, "segments end as soon as they are made; nothing was stored");
    }

    private LogMark Append(ICommitSource source, IAdmission? admission, out int count)
    {
        locks.Enter(ControlLock.Append);
        bool isWritten = false;
        try
        {
            LogMark tail = FollowTail();
            BatchHeader? last = ReadLast(tail);
            if (IsSpoilt(tail, last)) Roll(EndReason.Failed, ref tail, ref last);
            EncodedCommit commit = source.Prepare(tail);
            long room = Math.Max(0, tailSegment.Room - tail.Position);
            if (commit.Count > 0) admission?.Require(tail, commit.Count, commit.Length, room);
            if (commit.Count > 0 && IsFull(tail, commit.Length))
            {
                Roll(EndReason.Full, ref tail, ref last);
                // Should a sync have failed meanwhile, what the source has seen may be gone.
                commit = source.Prepare(tail);
            }

            count = commit.Count;
            if (count == 0) return tail;
            long producersBefore = last?.ProducersThrough ?? _producersThrough;
            LogMark end = Write(commit, tail, producersBefore);
            isWritten = true;
            producers.LearnWithAppendLock(commit, end, producersBefore);
            return end;
        }
        finally
        {
            Leave(isWritten);
        }
    }

    /// <summary>The tail, with its segment open and every roll that was begun finished. Append lock.</summary>
    private LogMark FollowTail()
    {
        guard.Check();
        if (page.Rolling != 0)
        {
            locks.With(ControlLock.Sync, roller.FinishWithBothLocks);
            page.Readers.Wake();
        }

        LogMark tail = page.Tail();
        tailSegment.Follow(tail);
        return tail;
    }

    // Once the tail has moved anybody may sync it: an error must not sound as if nothing had been stored.
    private void Leave(bool isWritten)
    {
        try
        {
            locks.Exit(ControlLock.Append);
        }
        catch (FileSystemException error) when (isWritten)
        {
            throw LogErrors.Unknown(error.Message, error);
        }
    }

    /// <summary>The header behind which this is written; null when it is our own, or not what it must be.</summary>
    private BatchHeader? ReadLast(in LogMark tail) => tail == _lastOwn ? null : tailSegment.TryReadLast(tail);

    private void Roll(EndReason reason, ref LogMark tail, ref BatchHeader? last, ProducerMove? move = null)
    {
        locks.With(ControlLock.Sync, () => _rolls.Try(() => roller.RollWithBothLocks(reason, move)));
        tail = page.Tail();
        last = ReadLast(tail);
        page.Readers.Wake();
        if (last is null && tail != _lastOwn)
            throw new DamagedException(
                tail.Segment.ToString(), tail.LastHeaderPosition, tail.Position, "what it was born with is not there");
    }

    private static bool HasMessages(in LogMark tail) => tail.Offset > tail.SegmentBase;

    private bool IsOld()
    {
        long limit = context.Bounds.Microseconds;
        return limit != long.MaxValue
            && context.UtcMicroseconds - tailSegment.Segment.Header.CreatedMicroseconds > limit;
    }

    /// <summary>Whether nothing may be written behind the tail any more. Append lock.</summary>
    private bool IsSpoilt(in LogMark tail, in BatchHeader? last)
    {
        if (page.Failed == tail.Epoch) return true;
        if (tail == _lastOwn || last is not null) return false;
        page.Note(ProtocolEvent.TailUnproven, tail.Epoch, tail.Offset);
        page.Failed = tail.Epoch;
        return true;
    }

    private bool IsFull(in LogMark tail, int length) =>
        HasMessages(tail) && (tail.Position + length > context.SegmentBytesNow || IsOld());

    private LogMark Write(EncodedCommit commit, in LogMark tail, long producersBefore)
    {
        LogMark end = commit.Stamp(
            tail, tailSegment.Segment.Header.Secret, page.Watermark().Offset, producersBefore);
        IFile file = tailSegment.Segment.File;
        try
        {
            tailSegment.EnsureRoom(end.Position);
            file.Write(commit.Bytes, tail.Position);
        }
        catch (FileSystemException error)
        {
            page.Note(ProtocolEvent.WriteFailed, tail.Epoch, tail.Offset);
            if (TryErase(file, tail, end)) throw error.ToFiqException();
            // What was written may be found by a recovery: end the segment here, and do not say that it was refused.
            page.Failed = tail.Epoch;
            throw LogErrors.Unknown(error.Message, error);
        }

        page.StoreTail(end);
        (_lastOwn, _producersThrough) = (end, commit.ProducersThrough);
        return end;
    }

    // The tail does not move, so the next commit overwrites what was written. Until then no header may stand there,
    // not even after a power cut: whole batches of the refused commit would be carried over by a recovery.
    private static bool TryErase(IFile file, in LogMark tail, in LogMark end)
    {
        try
        {
            long written = Math.Min(file.Length, end.Position);
            if (written <= tail.Position) return true;
            // No further than was written: a full disk may have no room for more.
            long header = Math.Min(tail.Position + BatchHeader.Size, written);
            Erase(file, tail.Position, header);
            TryEraseRest(file, header, written);
            file.SyncData();
            return true;
        }
        catch (FileSystemException)
        {
            return false;
        }
    }

    // With zeros behind the tail whoever attaches next finds a clean end. Otherwise he must copy what is not proven
    // into a new segment, for which a full disk has no room, and readers would stop short of what was acknowledged.
    private static void TryEraseRest(IFile file, long from, long to)
    {
        try
        {
            Erase(file, from, to);
        }
        catch (FileSystemException)
        {
            // Room made ahead counts as written here, and may lie beyond a limit on the size of files. Without its
            // header nothing of it is found: that it stays only costs whoever attaches next the copy.
            return;
        }
    }

    private static void Erase(IFile file, long from, long to)
    {
        byte[] zeros = new byte[ZerosAtATime];
        while (from < to)
        {
            int length = (int)Math.Min(zeros.Length, to - from);
            file.Write(zeros.AsSpan(0, length), from);
            from += length;
        }
    }
}
