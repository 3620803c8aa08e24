using Fiq.Files;

namespace Fiq.Storage;

/// <summary>What became of an attempt to make the tail durable.</summary>
internal enum LeadResult
{
    /// <summary>The watermark is where the tail was.</summary>
    Published,

    /// <summary>Nothing in this segment can be proven any more: it must be followed by the next.</summary>
    MustRoll,

    /// <summary>This descriptor can't prove it; somebody else must, or the segment must end.</summary>
    MayNotLead,

    /// <summary>The tail is in another segment than the one open here.</summary>
    OtherEpoch,
}

/// <summary>Makes the tail durable for all processes and says so. Every sync of a tail segment happens here.</summary>
internal sealed class Syncer(ControlPage page, ControlLocks locks, TailSegment tailSegment, TimeProvider time)
{
    /// <summary>Syncs up to the tail seen now. Sync lock.</summary>
    public LeadResult LeadWithSyncLock()
    {
        locks.AssertHeld(ControlLock.Sync);
        // Before anything else: a roller that died may have moved the tail and not yet the watermark.
        if (page.Rolling != 0) return LeadResult.MustRoll;
        LogMark tail = page.Tail();
        // First, because a roller that died may have left the tail in the new epoch and the watermark in the old one.
        if (page.Rolling != 0) return LeadResult.MustRoll;
        if (tail.Epoch != tailSegment.Epoch) return LeadResult.OtherEpoch;
        if (IsSpoiltWithSyncLock(tail.Epoch)) return LeadResult.MustRoll;
        LogMark watermark = page.Watermark();
        if (!tailSegment.MayLead(watermark)) return LeadResult.MayNotLead;
        if (watermark.Epoch == tail.Epoch && watermark.Offset == tail.Offset) return LeadResult.Published;
        page.Syncing = tail.Epoch;
        long began = time.GetTimestamp();
        try
        {
            tailSegment.Segment.File.SyncData();
        }
        catch (FileSystemException)
        {
            // Converted: `syncing` stays set and `failed` says why, so nobody ever syncs this segment again. The kernel
            // tells of an error once; a second sync that succeeds proves nothing.
            page.Failed = tail.Epoch;
            page.Note(ProtocolEvent.SyncFailed, tail.Epoch, tail.Offset);
            return LeadResult.MustRoll;
        }

        TimeSpan took = time.GetElapsedTime(began);
        if (page.Deleted) throw LogErrors.Deleted();
        page.StoreWatermark(tail);
        page.Syncing = 0;
        page.CountSync((long)took.TotalMicroseconds);
        return LeadResult.Published;
    }

    /// <summary>Whether a sync of this segment failed, or its leader died before it could tell. Sync lock.</summary>
    public bool IsSpoiltWithSyncLock(long epoch)
    {
        locks.AssertHeld(ControlLock.Sync);
        if (page.Failed == epoch) return true;
        if (page.Syncing != epoch) return false;
        page.Failed = epoch;
        page.Note(ProtocolEvent.LeaderDied, epoch, 0);
        return true;
    }
}
