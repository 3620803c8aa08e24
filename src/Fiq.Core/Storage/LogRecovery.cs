using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// What the only member of a queue does before it lets others in: examine the tail segment, write down on the control
/// page what was found, and end the segment unless it is clean.
/// </summary>
internal sealed class LogRecovery(
    LogContext context, ControlPage page, ControlLocks locks, TailSegment tailSegment, Roller roller, Sealer sealer)
{
    /// <summary>Recovers. Attach lock, and members exclusive.</summary>
    /// <param name="provenByGroups">Every offset below it was durable.</param>
    public void RunAlone(long provenByGroups)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        if (names.Count == 0) throw new DamagedException(context.Folder.Path, 0, 0, "there is no segment");
        SegmentFile segment = SegmentFile.TryOpen(context.Folder, names[^1], context.QueueId, writable: true)
            ?? throw new DamagedException(names[^1].ToString(), 0, 0, "it vanished");
        tailSegment.Take(segment, default);
        CheckPredecessor(segment, names);
        Recovery.Finding found = new Recovery(context, page).Examine(segment, provenByGroups);
        RemoveTemporaries();
        context.Folder.Sync();
        StorePage(found, segment, names[0].BaseOffset);
        tailSegment.Take(segment, found.Accepted);
        if (!found.IsClean) CarryOver();
        TrySealPredecessor(page.Tail().Segment);
    }

    private void StorePage(Recovery.Finding found, SegmentFile segment, long firstOffset)
    {
        page.StoreTail(found.Accepted);
        page.StoreWatermark(found.Proven);
        page.StoreTailFile(segment.File.Identity);
        page.StoreOwnFile(context.Folder.TryStatus(ControlFile.Name)?.Identity ?? default);
        page.Ends.Store(segment.Header.Previous);
        page.Rolling = 0;
        page.Syncing = 0;
        // What is spoilt must be followed by a new segment before anything is appended, now or when there is room.
        page.Failed = found.IsClean ? 0 : found.Proven.Epoch;
        page.Recovering = found.IsClean ? 0 : found.Proven.Epoch;
        page.Deleted = false;
        page.FirstOffset = firstOffset;
        // Last, because onlookers believe the rest from here on.
        page.StoreIdentity(context.QueueId, context.BootId);
        page.Note(
            found.IsClean ? ProtocolEvent.FoundClean : ProtocolEvent.Recovered,
            found.Proven.Epoch,
            found.Proven.Offset);
    }

    private void CarryOver()
    {
        try
        {
            locks.With(ControlLock.Append, () =>
                locks.With(ControlLock.Sync, () => roller.RollWithBothLocks(EndReason.Recovered)));
        }
        catch (FiqException error)
            when (error.Code is ErrorCode.DiskFull or ErrorCode.ReadOnly or ErrorCode.Failed)
        {
            // What is proven can be consumed; the next append tries again.
            page.Note(ProtocolEvent.WriteFailed, page.Tail().Epoch, page.Tail().Offset);
        }
    }

    private static void CheckPredecessor(SegmentFile segment, List<SegmentName> names)
    {
        SegmentEnd previous = segment.Header.Previous;
        if (names.Count < 2) return;
        if (names[^2].Ordinal != previous.Ordinal || names[^2].BaseOffset > previous.Offset)
            throw new DamagedException(names[^2].ToString(), 0, 0, $"it is not what {segment.Name} follows");
    }

    // A footer is a convenience: damage in what is already settled must not keep anybody out.
    private void TrySealPredecessor(SegmentName name)
    {
        if (page.Failed == name.Ordinal) return;
        try
        {
            sealer.SealPredecessor(name);
        }
        catch (Exception error) when (error is FiqException or FileSystemException)
        {
            page.Note(ProtocolEvent.NotSealed, name.Ordinal - 1, name.BaseOffset);
        }
    }

    private void RemoveTemporaries()
    {
        foreach (string name in context.Folder.List())
            if (name.EndsWith(SegmentBirth.TemporarySuffix, StringComparison.Ordinal)) context.Folder.TryUnlink(name);
    }
}
