using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// What a process does between writing a commit and answering for it: sync for all if nobody else does, sleep while
/// somebody does, and end a segment in which nothing can be proven any more.
/// </summary>
internal sealed class DurabilityWait(
    LogContext context, ControlPage page, ControlLocks locks, Syncer syncer, Roller roller, AttachmentGuard guard)
{
    /// <summary>How long a commit waits for whoever syncs before its outcome is unknown.</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);

    // A leader may have died between unlocking and waking.
    private static readonly TimeSpan NapMax = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan NoLeaderPatience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryRollAfter = TimeSpan.FromSeconds(1);

    /// <summary>True when the commit is durable, false when its epoch ended without it.</summary>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.Unknown"/>: it is written, so an error must not sound as if nothing had been stored.
    /// </exception>
    public bool IsDurableInTheEnd(in LogMark end)
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
            locks.With(ControlLock.Append, () =>
            {
                guard.Check();
                locks.With(ControlLock.Sync, () =>
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
}
