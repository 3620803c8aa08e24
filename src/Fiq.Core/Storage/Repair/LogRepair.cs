using Fiq.Files;
using Fiq.Storage.Inspection;

namespace Fiq.Storage.Repair;

/// <summary>
/// Mends a log as far as its messages can be saved. First the tail is ended by a successor that begins above every
/// offset that anything proves; from then on no damaged file is the tail. Then each damaged segment is written anew
/// beside itself, without what is lost, and changes places with it. Killed anywhere, it is simply run again. Needs the
/// attach lock, and members and onlookers exclusive.
/// </summary>
internal sealed class LogRepair(LogContext context, LogProofs proofs, LogInspection found)
{
    /// <summary>What it would do, file by file: the file, what happens, and whether one is moved aside.</summary>
    public IEnumerable<(string File, string What, bool IsKept)> Plan()
    {
        foreach (SegmentName twin in found.Superfluous)
            yield return (twin.ToString(), "moved aside: another file has its ordinal", true);
        foreach (MissingSegments gap in found.Missing.Where(IsInside))
            for (long ordinal = gap.FromOrdinal; ordinal < gap.ToOrdinal; ordinal++)
                yield return ($"{ordinal:D8}-*.log", "made anew, with its messages recorded as lost", false);
        foreach (SegmentInspection segment in found.Segments.Where(NeedsRewrite))
            yield return (
                segment.Name.ToString(),
                segment.Messages > 0 ? "written anew with everything in it that is intact" : "written anew, empty",
                true);
        if (NeedsSuccessor)
            yield return (
                $"{Tail?.Name.Ordinal + 1 ?? 1:D8}-*.log", $"the log goes on here, at offset {NextOffset}", false);
    }

    /// <summary>Does it.</summary>
    public void Run()
    {
        foreach (SegmentName twin in found.Superfluous) Evidence.Keep(context.Folder, twin.ToString());
        using SegmentFile? successor = NeedsSuccessor ? MakeSuccessor() : null;
        var before = default(ChainPlace);
        var missing = new Queue<MissingSegments>(found.Missing.Where(IsInside));
        for (int i = 0; i < found.Segments.Count; i++)
        {
            SegmentInspection segment = found.Segments[i];
            while (missing.TryPeek(out MissingSegments? gap) && gap.ToOrdinal <= segment.Name.Ordinal)
                before = Fill(missing.Dequeue(), before, segment.Header);
            before = NeedsRewrite(segment) ? Rewrite(segment, before, i) : segment.End;
        }

        if (successor is not null) StorePage(successor);
    }

    private SegmentInspection? Tail => found.Segments.LastOrDefault();

    private long NextOffset => Math.Max(found.Proof, Tail?.End.Offset ?? 0);

    private bool NeedsSuccessor => Tail is null || NeedsRewrite(Tail) || NextOffset > Tail.End.Offset
        || found.Missing.Exists(gap => !IsInside(gap));

    /// <summary>Whether a later segment is there; the rest is in the successor.</summary>
    private bool IsInside(MissingSegments gap) => Tail is not null && gap.FromOrdinal < Tail.Name.Ordinal;

    private static bool NeedsRewrite(SegmentInspection segment) =>
        segment.NeedsRewrite || segment.LostEnd is not null;

    private SegmentFile MakeSuccessor()
    {
        long ordinal = Tail?.Name.Ordinal ?? Math.Max(0, (proofs.Watermark?.Epoch ?? 1) - 1);
        ChainPlace end = Tail?.End
            ?? new ChainPlace(0, Math.Min(proofs.NeededFrom ?? 0, NextOffset), 0, default, TimestampMax: 0);
        // What it states about the tail's end must be true also where it was never synced.
        if (Tail?.Header is not null) SyncTail(Tail.Name);
        var plan = NewHeader(ordinal + 1, end, end.Offset);
        using SegmentDraft draft = SegmentDraft.Begin(context, plan);
        bool isSumKnown = proofs.Watermark is LogMark mark && mark.Offset == NextOffset;
        // Everybody will follow this checkpoint: what producers had stored is not forgotten with the damage.
        draft.Open(new ProducerRescue(context, found).Run(), end.TimestampMax);
        if (NextOffset > end.Offset)
            draft.Lose(Behind(draft.End, NextOffset, isSumKnown ? proofs.Watermark!.Value.Sums : end.Sums));
        return draft.Finish();
    }

    private void SyncTail(SegmentName name)
    {
        using IFile? file = context.Folder.TryOpenFile(name.ToString(), writable: true);
        file?.Sync();
    }

    /// <summary>Makes segments in the place of missing ones; the last stands for all that was in them.</summary>
    private ChainPlace Fill(MissingSegments gap, ChainPlace before, SegmentHeader? next)
    {
        // Nothing is there before the first segment, and nothing is known of it.
        if (before == default) before = before with { Offset = gap.FromOffset, Sums = next?.Sums ?? default };
        for (long ordinal = gap.FromOrdinal; ordinal < gap.ToOrdinal; ordinal++)
        {
            bool isLast = ordinal + 1 == gap.ToOrdinal;
            using SegmentDraft draft = SegmentDraft.Begin(context, NewHeader(ordinal, before, before.Offset));
            SegmentDamage all = Whole(
                before, before.Offset, isLast ? gap.ToOffset : before.Offset, next?.Sums ?? before.Sums);
            draft.Lose(isLast && next is not null ? UpTo(all, next.Previous) : all);
            draft.Finish().Dispose();
            before = draft.End;
        }

        return before;
    }

    private ChainPlace Rewrite(SegmentInspection segment, ChainPlace before, int index)
    {
        SegmentHeader? next = index + 1 < found.Segments.Count ? found.Segments[index + 1].Header : null;
        using SegmentDraft draft = SegmentDraft.Begin(context, HeaderFor(segment, before));
        if (segment.Header is null)
        {
            // A tail gives its offsets to its successor.
            long to = segment == Tail ? segment.Name.BaseOffset : segment.Limit.Offset;
            SegmentDamage all = Whole(before, segment.Name.BaseOffset, to, segment.Limit.Sums ?? before.Sums);
            draft.Lose(segment.StatedEnd is SegmentEnd end ? UpTo(all, end)
                : segment == Tail ? all with { NextCrc = segment.End.Crc }
                : all with { NextCrc = next?.Previous.LastHeaderCrc });
        }
        else
        {
            CopyIntact(segment, draft, next);
        }

        draft.Finish().Dispose();
        return draft.End;
    }

    private void CopyIntact(SegmentInspection segment, SegmentDraft draft, SegmentHeader? next)
    {
        string name = segment.Name.ToString();
        using IFile file = context.Folder.TryOpenFile(name, writable: false)
            ?? throw new DamagedException(name, 0, 0, "it vanished");
        var source = SegmentFile.Adopt(new SalvagedFile(file), segment.Header!);
        foreach (SegmentPiece piece in SegmentPieces.Of(source, segment.Limit))
        {
            if (piece.Damage is not SegmentDamage damage) draft.Copy(source, piece.Batch);
            else if (!damage.IsEnd) draft.Lose(damage);
            else if (segment == Tail) return;
            else draft.Lose(EndOf(damage, next));
        }
    }

    /// <summary>The lost end of a segment whose end nobody states: it takes as little room as it can.</summary>
    private static SegmentDamage EndOf(SegmentDamage damage, SegmentHeader? next)
    {
        bool isCheckpoint = damage.FromPosition == Checkpoint.Position;
        long room = SegmentPieces.RoomMin + (isCheckpoint ? BatchHeader.Size : 0);
        return damage with
        {
            ToPosition = damage.FromPosition + room,
            NextCrc = damage.NextCrc ?? next?.Previous.LastHeaderCrc,
        };
    }

    private SegmentHeader HeaderFor(SegmentInspection segment, in ChainPlace before)
    {
        if (segment.Header is null) return NewHeader(segment.Name.Ordinal, before, segment.Name.BaseOffset);
        // A rebuilt header knows of its predecessor's end only what the predecessor knew; that may have changed.
        bool isRebuilt = segment.Header.Previous.Reason == EndReason.Repaired && segment.HeaderDamage is not null;
        return !isRebuilt || before == default
            ? segment.Header
            : segment.Header with { Previous = segment.Header.Previous with { Position = before.Position } };
    }

    private SegmentHeader NewHeader(long ordinal, in ChainPlace before, long baseOffset) => new()
    {
        QueueId = context.QueueId,
        Ordinal = ordinal,
        BaseOffset = baseOffset,
        Previous = ordinal == 1
            ? default
            : new SegmentEnd(ordinal - 1, before.Position, baseOffset, before.Crc, EndReason.Repaired),
        Secret = context.Random(),
        CreatedMicroseconds = context.UtcMicroseconds,
        Sums = before.Sums,
        BornPosition = 0,
        BornOffset = 0,
    };

    /// <summary>A segment of which nothing is there: a checkpoint, and what is lost.</summary>
    private static SegmentDamage Whole(in ChainPlace before, long from, long to, RunningSums after) =>
        new(
            Checkpoint.Position,
            Checkpoint.Position + SegmentPieces.RoomMin + (to > from ? BatchHeader.Size : 0),
            from,
            to,
            "all of it is lost")
        {
            PreviousCrc = before.Crc,
            Before = before.Sums,
            After = after,
            TimestampMax = before.TimestampMax,
        };

    /// <summary>Messages that are lost, in as little room as can be.</summary>
    private static SegmentDamage Behind(in ChainPlace place, long to, RunningSums after) =>
        new(place.Position, place.Position + BatchHeader.Size, place.Offset, to, "all of it is lost")
        {
            PreviousCrc = place.Crc,
            Before = place.Sums,
            After = after,
            TimestampMax = place.TimestampMax,
        };

    private static SegmentDamage UpTo(SegmentDamage all, in SegmentEnd end) =>
        all with
        {
            ToPosition = Math.Max(end.Position, all.FromPosition + SegmentPieces.RoomMin),
            NextCrc = end.LastHeaderCrc,
        };

    private void StorePage(SegmentFile successor)
    {
        using IFile control = ControlFile.Open(context.Folder, writable: true);
        using var page = new ControlPage(control.Map(ControlLayout.Size, writable: true));
        LogMark born = Roller.BornMark(successor);
        page.StoreTail(born);
        page.StoreWatermark(born);
        page.StoreTailFile(successor.File.Identity);
        page.StoreOwnFile(control.Identity);
        page.Ends.Store(successor.Header.Previous);
        (page.Rolling, page.Syncing, page.Failed, page.Recovering) = (0, 0, 0, 0);
        page.Deleted = false;
        page.FirstOffset = SegmentList.Read(context.Folder)[0].BaseOffset;
        page.StoreIdentity(context.QueueId, context.BootId);
        page.Note(ProtocolEvent.Recovered, born.Epoch, born.Offset);
    }
}
