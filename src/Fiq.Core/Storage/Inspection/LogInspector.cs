using Fiq.Files;

namespace Fiq.Storage.Inspection;

/// <summary>
/// Reads a whole log and finds everything that is wrong with it. Changes nothing, needs no lock, and takes nothing for
/// granted: it works on a log that nobody can attach to.
/// </summary>
internal sealed class LogInspector(LogContext context, LogProofs proofs)
{
    private readonly LogInspection _result = new();

    public LogInspection Run()
    {
        List<SegmentName> names = ReadNames();
        _result.Proof = Math.Max(proofs.ByGroups, proofs.Watermark?.Offset ?? 0);
        for (int i = 0; i < names.Count; i++)
        {
            if (i > 0 && names[i].Ordinal > names[i - 1].Ordinal + 1) NoteMissing(names[i - 1].Ordinal + 1, names[i]);
            SegmentName? next = i + 1 < names.Count ? names[i + 1] : null;
            if (Inspect(names[i], next) is SegmentInspection segment) _result.Segments.Add(segment);
        }

        if (names.Count > 0) NoteMissingAtTheEnds(names);
        if (_result.Segments.Count > 0) _result.Proof = Math.Max(_result.Proof, _result.Segments[^1].Proven.Offset);
        return _result;
    }

    /// <summary>
    /// The segments by their names, one for each ordinal; what a live queue is about to begin is left out.
    /// </summary>
    private List<SegmentName> ReadNames()
    {
        var names = new List<SegmentName>();
        foreach (string fileName in context.Folder.List())
            if (SegmentName.TryParse(fileName, out SegmentName name)
                && context.Folder.TryStatus(fileName) is { Kind: EntryKind.File, Length: > 0 }
                && (!proofs.IsLive || name.Ordinal <= proofs.Watermark!.Value.Epoch))
                names.Add(name);
        names.Sort();
        foreach (IGrouping<long, SegmentName> twins in names.GroupBy(name => name.Ordinal).ToList())
        {
            if (twins.Count() == 1) continue;
            SegmentName counts = twins.FirstOrDefault(IsItself, twins.First());
            foreach (SegmentName other in twins.Where(name => name != counts))
            {
                _result.Superfluous.Add(other);
                names.Remove(other);
            }
        }

        return names;
    }

    private bool IsItself(SegmentName name)
    {
        using IFile? file = context.Folder.TryOpenFile(name.ToString(), writable: false);
        return file is not null && TryReadHeader(new SalvagedFile(file), name, out _) is not null;
    }

    /// <summary>Null when a live queue has deleted it meanwhile.</summary>
    private SegmentInspection? Inspect(SegmentName name, SegmentName? next)
    {
        using IFile? opened = context.Folder.TryOpenFile(name.ToString(), writable: false);
        if (opened is null) return null;
        var file = new SalvagedFile(opened);
        SegmentHeader? successor = next is SegmentName follower && follower.Ordinal == name.Ordinal + 1
            ? HeaderOf(follower)
            : null;
        SegmentHeader? header = TryReadHeader(file, name, out string? damage);
        header ??= SegmentRescue.TryCorrectBit(file, name, context.QueueId)
            ?? SegmentRescue.TryRebuild(file, name, context.QueueId, EndBefore(name), successor?.Previous);
        if (header is null) return Unreadable(name, successor, next, file.Length, damage!);
        // Not disposed by itself: the file is closed here.
        var segment = SegmentFile.Adopt(file, header);
        SegmentLimit limit = LimitOf(segment, successor, next);
        var result = new SegmentInspection(name, header)
        {
            HeaderDamage = damage,
            Limit = limit,
            StatedEnd = successor?.Previous,
            Length = file.Length,
        };
        Examine(segment, result);
        // Behind the place at which the next segment goes on may be batches that were void: it has what they held.
        if (result.Proven.Offset == next?.BaseOffset) result.End = result.Proven;
        return result;
    }

    private SegmentHeader? TryReadHeader(SalvagedFile file, SegmentName name, out string? damage)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        int read = file.Read(bytes, 0);
        damage = null;
        try
        {
            SegmentHeader header = SegmentHeader.Decode(name.ToString(), bytes[..read]);
            damage = header.Name != name ? $"its header says it is {header.Name}"
                : header.QueueId != context.QueueId ? "it belongs to another queue"
                : null;
            return damage is null ? header : null;
        }
        catch (DamagedException error)
        {
            damage = error.What;
            return null;
        }
    }

    private SegmentHeader? HeaderOf(SegmentName name)
    {
        using IFile? file = context.Folder.TryOpenFile(name.ToString(), writable: false);
        if (file is null) return null;
        var salvaged = new SalvagedFile(file);
        return TryReadHeader(salvaged, name, out _) ?? SegmentRescue.TryCorrectBit(salvaged, name, context.QueueId);
    }

    /// <summary>The end of the segment before, as far as it was examined.</summary>
    private ChainPlace EndBefore(SegmentName name) =>
        _result.Segments.Count > 0 && _result.Segments[^1].Name.Ordinal == name.Ordinal - 1
            ? _result.Segments[^1].End
            : new ChainPlace(0, name.BaseOffset, 0, default, 0);

    private SegmentLimit LimitOf(SegmentFile segment, SegmentHeader? successor, SegmentName? next)
    {
        if (successor is not null) return SegmentLimit.Stated(successor.Previous, successor.Sums);
        LogMark? watermark = proofs.Watermark is LogMark mark && mark.Segment == segment.Name ? mark : null;
        if (proofs.IsLive && watermark is LogMark live)
            return SegmentLimit.Stated(live.ToEnd(EndReason.None), live.Sums);
        long proof = Math.Max(segment.Header.BornOffset, segment.Header.BaseOffset);
        proof = Math.Max(proof, HeaderScan.FindHighestProof(segment, SegmentHeader.Size)?.DurableThrough ?? 0);
        if (next is SegmentName follower)
        {
            // Its successor's header is not there or damaged: where it begins is in its name, if it follows at once.
            bool followsAtOnce = follower.Ordinal == segment.Header.Ordinal + 1;
            return SegmentLimit.Proven(followsAtOnce ? Math.Max(proof, follower.BaseOffset) : proof);
        }

        proof = Math.Max(proof, watermark?.Offset ?? 0);
        return SegmentLimit.Proven(Math.Max(proof, proofs.ByGroups)) with { Watermark = watermark };
    }

    private static void Examine(SegmentFile segment, SegmentInspection result)
    {
        SegmentHeader header = segment.Header;
        var place = new ChainPlace(
            SegmentHeader.Size, header.BaseOffset, header.Previous.LastHeaderCrc, header.Sums, 0);
        ChainPlace proven = place;
        foreach (SegmentPiece piece in SegmentPieces.Of(segment, result.Limit))
        {
            if (piece.Damage is SegmentDamage damage)
            {
                result.Damages.Add(damage);
                if (damage.IsEnd) break;
                place = ChainPlace.Behind(damage);
            }
            else
            {
                Count(piece, result);
                place = place.Behind(piece.Batch);
            }

            if (result.Limit.IsStated || proven.Offset < result.Limit.Offset || place.Offset == proven.Offset)
                proven = place;
        }

        (result.End, result.Proven) = (place, proven);
        if (result.StatedEnd is SegmentEnd end) result.StrayBytes = StrayBehind(segment, end.Position);
        else if (!result.Limit.IsStated && result.LostEnd is null)
            result.TornBytes = TornBehind(segment.File, place.Position);
    }

    private static void Count(in SegmentPiece piece, SegmentInspection result)
    {
        if (!piece.SumsFit) result.WrongSums++;
        if (piece.Batch.Kind == BatchKind.Lost) result.Recorded.Add(LostMessages.Of(piece.Batch));
        if (piece.Batch.Kind == BatchKind.Data) result.Messages += piece.Batch.Count;
    }

    private static long StrayBehind(SegmentFile segment, long end) =>
        Footer.TryRead(segment, end) is not null || BatchBody.FindNonZero(segment.File, end) is null
            ? 0
            : segment.File.Length - end;

    /// <summary>Bytes from a position to the last one that is not zero.</summary>
    private static long TornBehind(IFile file, long from)
    {
        byte[] window = new byte[64 * 1024];
        long last = from;
        for (long at = from; file.FindData(at) is long data;)
        {
            at = Math.Max(at, data);
            int read = file.Read(window, at);
            int index = window.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
            if (index >= 0) last = at + index + 1;
            if (read < window.Length) break;
            at += read;
        }

        return last - from;
    }

    private SegmentInspection Unreadable(
        SegmentName name, SegmentHeader? successor, SegmentName? next, long length, string damage)
    {
        long to = successor?.Previous.Offset ?? next?.BaseOffset ?? _result.Proof;
        SegmentLimit limit = successor is null
            ? SegmentLimit.Proven(Math.Max(to, name.BaseOffset))
            : SegmentLimit.Stated(successor.Previous, successor.Sums);
        ChainPlace before = EndBefore(name);
        var result = new SegmentInspection(name, null)
        {
            HeaderDamage = damage,
            Limit = limit,
            StatedEnd = successor?.Previous,
            Length = length,
            // What will stand in its place is a checkpoint at least.
            End = before with { Position = Checkpoint.Position + SegmentPieces.RoomMin, Offset = name.BaseOffset },
        };
        result.Proven = result.End;
        result.Damages.Add(new SegmentDamage(0, length, name.BaseOffset, limit.Offset, damage)
        {
            PreviousCrc = before.Crc,
            NextCrc = limit.LastHeaderCrc,
            Before = before.Sums,
            After = limit.Sums ?? before.Sums,
            TimestampMax = before.TimestampMax,
            IsEnd = !limit.IsStated,
        });
        return result;
    }

    private void NoteMissing(long fromOrdinal, SegmentName next)
    {
        SegmentInspection? before = _result.Segments.LastOrDefault();
        long from = before?.LostEnd?.ToOffset ?? before?.End.Offset ?? next.BaseOffset;
        _result.Missing.Add(
            new MissingSegments(fromOrdinal, next.Ordinal, Math.Min(from, next.BaseOffset), next.BaseOffset));
    }

    private void NoteMissingAtTheEnds(List<SegmentName> names)
    {
        SegmentName first = names[0];
        if (proofs.NeededFrom is long needed && needed < first.BaseOffset)
            _result.Missing.Insert(
                0, new MissingSegments(first.Ordinal - 1, first.Ordinal, needed, first.BaseOffset));
        if (proofs.Watermark is not LogMark watermark || watermark.Epoch <= names[^1].Ordinal) return;
        long end = _result.Segments.Count > 0 ? _result.Segments[^1].End.Offset : first.BaseOffset;
        if (proofs.IsLive && _result.Segments.Count == 0) return;
        _result.Missing.Add(new MissingSegments(
            names[^1].Ordinal + 1, watermark.Epoch + 1, Math.Min(end, watermark.Offset), watermark.Offset));
    }
}
