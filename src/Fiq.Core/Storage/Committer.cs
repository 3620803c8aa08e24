using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// Brings one commit at a time onto the disk: append under the append lock, then sync for all or wait for whoever
/// syncs, until the watermark covers it or its epoch has ended without it; then it is written again in the next.
/// Not safe for several threads: the appender above runs one commit at a time.
/// </summary>
internal sealed class Committer(
    LogContext context, ControlPage page, ControlLocks locks, TailSegment tailSegment, Syncer syncer, Roller roller,
    AttachmentGuard guard)
{
    /// <summary>How long a commit waits for whoever syncs before its outcome is unknown.</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);

    // A leader may have died between unlocking and waking.
    private static readonly TimeSpan NapMax = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan NoLeaderPatience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryRollAfter = TimeSpan.FromSeconds(1);

    // Each failed sync voids the commit once; a disk on which so many fail in a row can't be written.
    private const int EpochsMax = 16;

    private const int ZerosAtATime = 64 * 1024;

    private readonly RollBrake _rolls = new(context.Time);
    private LogMark _lastOwn;

    /// <summary>Stores the commit and returns the offset of its first message, once it is durable.</summary>
    /// <exception cref="FiqException">
    /// Nothing was stored, unless its code is <see cref="ErrorCode.Unknown"/>.
    /// </exception>
    public long Commit(EncodedCommit commit)
    {
        for (int epoch = 0; epoch < EpochsMax; epoch++)
        {
            LogMark end = Append(commit);
            if (IsDurableInTheEnd(end)) return end.Offset - commit.Count;
        }

        throw new FiqException(
            ErrorCode.Failed,
            $"{EpochsMax} syncs in a row have failed; nothing was stored",
            "The disk does not take what is written. Look at the kernel's messages (dmesg).");
    }

    private LogMark Append(EncodedCommit commit)
    {
        locks.Enter(ControlLock.Append);
        try
        {
            guard.Check();
            if (page.Rolling != 0)
            {
                WithLock(ControlLock.Sync, roller.FinishWithBothLocks);
                page.Readers.Wake();
            }

            LogMark tail = page.Tail();
            tailSegment.Follow(tail);
            if (MustEnd(tail, commit.Length) is EndReason reason)
            {
                WithLock(ControlLock.Sync, () => _rolls.Try(() => roller.RollWithBothLocks(reason)));
                tail = page.Tail();
                page.Readers.Wake();
            }

            return Write(commit, tail);
        }
        finally
        {
            locks.Exit(ControlLock.Append);
        }
    }

    /// <summary>Whether, and why, the tail segment must end before this can be written. Append lock.</summary>
    private EndReason? MustEnd(in LogMark tail, int length)
    {
        if (page.Failed == tail.Epoch) return EndReason.Failed;
        if (tail != _lastOwn && !tailSegment.IsProvenAt(tail))
        {
            page.Note(ProtocolEvent.TailUnproven, tail.Epoch, tail.Offset);
            page.Failed = tail.Epoch;
            return EndReason.Failed;
        }

        bool hasData = tail.Offset > tail.SegmentBase;
        return hasData && tail.Position + length > context.SegmentBytes ? EndReason.Full : null;
    }

    private LogMark Write(EncodedCommit commit, in LogMark tail)
    {
        LogMark end = commit.Stamp(tail, tailSegment.Segment.Header.Secret, page.Watermark().Offset);
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
        _lastOwn = end;
        return end;
    }

    // The tail does not move, so the next commit overwrites what was written. Until then no header may stand there,
    // not even after a power cut: whole batches of the refused commit would be carried over by a recovery.
    private static bool TryErase(IFile file, in LogMark tail, in LogMark end)
    {
        long written = Math.Min(file.Length, end.Position);
        try
        {
            if (written <= tail.Position) return true;
            file.Write(new byte[BatchHeader.Size], tail.Position);
            EraseRest(file, tail.Position + BatchHeader.Size, written);
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
    private static void EraseRest(IFile file, long from, long to)
    {
        byte[] zeros = new byte[ZerosAtATime];
        while (from < to)
        {
            int length = (int)Math.Min(zeros.Length, to - from);
            file.Write(zeros.AsSpan(0, length), from);
            from += length;
        }
    }

    // The commit is written: from here on an error must not sound as if nothing had been stored.
    private bool IsDurableInTheEnd(in LogMark end)
    {
        try
        {
            return WaitUntilDurable(end);
        }
        catch (FileSystemException error)
        {
            throw LogErrors.Unknown(error.Message, error);
        }
        catch (FiqException error) when (error.Code is not (ErrorCode.Unknown or ErrorCode.QueueNotFound))
        {
            throw LogErrors.Unknown(error.Message, error);
        }
    }

    /// <summary>True when the commit is durable, false when its epoch ended without it.</summary>
    private bool WaitUntilDurable(in LogMark end)
    {
        long started = context.Time.GetTimestamp();
        long mayNotLeadSince = 0;
        long lastRollAt = 0;
        LogMark watermarkSeen = default;
        FiqException? obstacle = null;
        while (true)
        {
            if (Outcome(end) is bool durable) return durable;
            LeadResult? lead = TryLead(end);
            if (lead == LeadResult.MayNotLead)
            {
                LogMark watermark = page.Watermark();
                if (mayNotLeadSince == 0 || watermark != watermarkSeen)
                {
                    mayNotLeadSince = context.Time.GetTimestamp();
                    watermarkSeen = watermark;
                }
                else if (context.Time.GetElapsedTime(mayNotLeadSince) >= NoLeaderPatience)
                {
                    page.Note(ProtocolEvent.MayNotLead, end.Epoch, end.Offset);
                    lead = LeadResult.MustRoll;
                }
            }

            bool mayTry = lastRollAt == 0 || context.Time.GetElapsedTime(lastRollAt) >= RetryRollAfter;
            if (lead == LeadResult.MustRoll && mayTry)
            {
                lastRollAt = context.Time.GetTimestamp();
                obstacle = TryEndEpoch(end.Epoch);
                continue;
            }

            if (lead == LeadResult.Published) continue;
            if (context.Time.GetElapsedTime(started) > WaitLimit)
                throw LogErrors.Unknown(
                    obstacle?.Message ?? $"process {page.Holder(ControlLock.Sync)} has not synced it", obstacle);
            LogMark wanted = end;
            page.Appenders.SleepUnless(() => Outcome(wanted) is not null, NapMax);
        }
    }

    /// <summary>Tries to sync for all. Null when somebody else is at it.</summary>
    private LeadResult? TryLead(in LogMark end)
    {
        if (!locks.TryEnter(ControlLock.Sync)) return null;
        LeadResult result;
        try
        {
            result = Outcome(end) is null ? syncer.LeadWithSyncLock() : LeadResult.Published;
        }
        finally
        {
            locks.Exit(ControlLock.Sync);
        }

        if (result == LeadResult.Published) page.Readers.Wake();
        return result;
    }

    /// <summary>
    /// Ends a segment in which nothing can be proven any more. Returns what stood in the way, or null.
    /// </summary>
    private FiqException? TryEndEpoch(long epoch)
    {
        try
        {
            WithLock(ControlLock.Append, () =>
            {
                guard.Check();
                WithLock(ControlLock.Sync, () =>
                {
                    roller.FinishWithBothLocks();
                    if (page.Tail().Epoch == epoch) roller.RollWithBothLocks(EndReason.Failed);
                });
            });
            page.Readers.Wake();
            return null;
        }
        catch (FiqException error)
            when (error.Code is ErrorCode.DiskFull or ErrorCode.ReadOnly or ErrorCode.Failed or ErrorCode.Busy)
        {
            return error;
        }
        catch (FileSystemException error)
        {
            return error.ToFiqException();
        }
    }

    /// <summary>True: durable. False: its epoch ended without it. Null: not decided yet.</summary>
    private bool? Outcome(in LogMark end)
    {
        LogMark watermark = page.Watermark();
        if (watermark.Epoch == end.Epoch) return watermark.Offset >= end.Offset ? true : null;
        if (watermark.Epoch < end.Epoch) return null;
        long stated = page.Ends.TryFind(end.Epoch)?.Offset ?? ReadStatedEnd(end.Epoch);
        return stated >= end.Offset;
    }

    private long ReadStatedEnd(long epoch)
    {
        if (SegmentList.Find(context.Folder, epoch + 1) is SegmentName name)
        {
            using SegmentFile? successor = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: false);
            if (successor is not null) return successor.Header.Previous.Offset;
        }

        throw LogErrors.Unknown("the segment that says so is deleted already");
    }

    private void WithLock(ControlLock which, Action action)
    {
        locks.Enter(which);
        try
        {
            action();
        }
        finally
        {
            locks.Exit(which);
        }
    }
}
