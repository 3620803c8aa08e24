using System.Buffers;
using Fiq.Files;
using Fiq.Storage.Producers;

namespace Fiq.Storage;

/// <summary>
/// Ends a segment by making its successor, and finishes what a roller that died has begun. Everything here needs the
/// append lock and the sync lock.
/// <code>
///   rolling := e+1 → file under a temporary name, synced → its name → folder synced
///                  → stated end, tail, watermark → rolling := 0
/// </code>
/// Whoever finds `rolling` set adopts the successor if it has its name, and otherwise starts again.
/// </summary>
internal sealed class Roller(
    LogContext context, ControlPage page, ControlLocks locks, TailSegment tailSegment, Syncer syncer, SpareFile spare,
    ProducerLedger producers)
{
    /// <summary>Adopts or drops what a roller that died has begun.</summary>
    public void FinishWithBothLocks()
    {
        AssertBothHeld();
        long next = page.Rolling;
        if (next == 0) return;
        SegmentName? successor = Find(next);
        if (successor is SegmentName name) Adopt(name);
        else page.Rolling = 0;
    }

    /// <summary>
    /// Ends the tail segment: full, if everything in it can be synced; otherwise failed, at the watermark.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="move">What the new segment's checkpoint shall say besides; null when nothing.</param>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.DiskFull"/> or another: the segment goes on as it was.
    /// </exception>
    public void RollWithBothLocks(EndReason reason, ProducerMove? move = null)
    {
        AssertBothHeld();
        FinishWithBothLocks();
        LogMark tail = page.Tail();
        tailSegment.Follow(tail);
        bool full = reason == EndReason.Full && syncer.LeadWithSyncLock() == LeadResult.Published;
        LogMark watermark = page.Watermark();
        if (watermark.Epoch != tail.Epoch)
            throw new DamagedException("control", 0, ControlLayout.Size, "tail and watermark are of different epochs");
        LogMark end = full ? tail : watermark;
        page.Rolling = tail.Epoch + 1;
        try
        {
            bool recovering = page.Recovering == tail.Epoch;
            EndReason stated = full ? EndReason.Full : recovering ? EndReason.Recovered : EndReason.Failed;
            Make(end, stated, tail.Position, move);
        }
        catch (FileSystemException error)
        {
            if (Find(tail.Epoch + 1) is null) page.Rolling = 0;
            throw error.ToFiqException();
        }
    }

    private void Make(in LogMark end, EndReason reason, long writtenTo, ProducerMove? move)
    {
        ProducerTable known = producers.TableWithAppendLock(end);
        using SpareFile.Loan? loan = move is null ? spare.TryTake() : null;
        using var birth = SegmentBirth.Begin(
            context,
            end.ToEnd(reason),
            end.Sums,
            end.TimestampMax,
            move is null ? known : known.With(move.Name, move.Position),
            loan is null ? null : (loan.TakeFile(), loan.Name),
            small: move is not null);
        if (reason != EndReason.Full) CopyUnproven(birth, end, writtenTo, all: reason == EndReason.Recovered);
        if (birth.TryFinish() is not (SegmentFile segment, LogMark born))
        {
            Adopt(Find(end.Epoch + 1) ?? throw new DamagedException(end.Segment.ToString(), 0, 0, "no successor"));
            return;
        }

        SyncFolder(born.Epoch);
        tailSegment.Take(segment, born);
        // What was moved is learnt from the checkpoint, once somebody asks.
        if (move is null) producers.MoveToWithAppendLock(born.Epoch);
        Publish(segment, born, reason == EndReason.Full ? ProtocolEvent.RolledFull : ProtocolEvent.RolledFailed);
    }

    /// <summary>
    /// Carries over batches behind the stated end. While processes live, only those that were answered before they
    /// were synced: the others are void, their processes write them again, or are dead and have told nobody. In a
    /// recovery all of them: their processes may have told somebody.
    /// </summary>
    private void CopyUnproven(SegmentBirth birth, in LogMark from, long writtenTo, bool all)
    {
        SegmentFile source = tailSegment.Segment;
        using SegmentWalk walk = SegmentWalk.From(source, from);
        RunningSums before = from.Sums;
        while (walk.TryNext(out BatchHeader header, writtenTo))
        {
            if (all || header.Flags.HasFlag(BatchFlags.Written))
            {
                byte[] body = ArrayPool<byte>.Shared.Rent(header.BodyLength);
                try
                {
                    if (!BatchBody.TryRead(source, header, body)) break;
                    birth.Append(header, before, body.AsSpan(0, header.BodyLength));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(body);
                }
            }

            before = header.Sums;
        }
    }

    private void Adopt(SegmentName name)
    {
        SyncFolder(name.Ordinal);
        SegmentFile segment = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: true)
            ?? throw new DamagedException(name.ToString(), 0, 0, "the successor has vanished");
        // Opened after it was written by another process, which synced it whole before it gave it its name.
        tailSegment.Take(segment, default);
        LogMark born = BornMark(segment);
        tailSegment.Take(segment, born);
        Publish(segment, born, ProtocolEvent.Adopted);
    }

    /// <summary>The tail of a segment to which nothing was appended since its birth.</summary>
    public static LogMark BornMark(SegmentFile segment)
    {
        SegmentHeader header = segment.Header;
        using SegmentWalk walk = SegmentWalk.FromStart(segment);
        LogMark mark = default;
        while (walk.TryNext(out BatchHeader batch, header.BornPosition))
            mark = LogMark.Behind(batch, header.BaseOffset);
        if (walk.Position != header.BornPosition || walk.Offset != header.BornOffset)
            throw new DamagedException(
                header.Name.ToString(), walk.Position, header.BornPosition, "what it was born with is not there");
        return mark;
    }

    // The end is known before the new tail is, and the new tail before the new watermark: see ControlPage's readers.
    private void Publish(SegmentFile segment, in LogMark born, ProtocolEvent what)
    {
        page.Ends.Store(segment.Header.Previous);
        page.StoreTail(born);
        page.StoreWatermark(born);
        page.StoreTailFile(segment.File.Identity);
        page.Rolling = 0;
        page.Note(what, born.Epoch, born.Offset);
    }

    private void SyncFolder(long epoch)
    {
        try
        {
            context.Folder.Sync();
        }
        catch (FileSystemException)
        {
            // The name may or may not be on disk, and a second sync could not tell. So the new segment is spoilt from
            // the start: whoever adopts it ends it at once, which writes the folder anew.
            page.Failed = epoch;
            page.Note(ProtocolEvent.DirectorySyncFailed, epoch, 0);
            throw;
        }
    }

    private SegmentName? Find(long ordinal) => SegmentList.Find(context.Folder, ordinal);

    private void AssertBothHeld()
    {
        locks.AssertHeld(ControlLock.Append);
        locks.AssertHeld(ControlLock.Sync);
    }
}
