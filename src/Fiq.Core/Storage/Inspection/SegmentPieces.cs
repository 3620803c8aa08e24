namespace Fiq.Storage.Inspection;

/// <summary>
/// Takes a segment apart into intact batches and damaged places, in order, all of them. Where the chain breaks it goes
/// on at the next header that validates. Reads everything; memory does not depend on the segment.
/// </summary>
internal sealed class SegmentPieces
{
    /// <summary>A batch of lost messages, or a new checkpoint, fits into every damaged place.</summary>
    public const long RoomMin = BatchHeader.Size + Checkpoint.EmptyBodySize;

    private readonly SegmentFile _segment;
    private readonly SegmentLimit _limit;
    private readonly long _born;

    // Where the next batch must begin, and the last intact batch with the place at which it began: it is given out only
    // when what follows agrees with it.
    private ChainPlace _place;
    private (SegmentPiece Piece, ChainPlace Start)? _held;

    private SegmentPieces(SegmentFile segment, SegmentLimit limit)
    {
        SegmentHeader header = segment.Header;
        (_segment, _limit, _born) = (segment, limit, header.BornPosition);
        _place = new ChainPlace(
            SegmentHeader.Size, header.BaseOffset, header.Previous.LastHeaderCrc, header.Sums, TimestampMax: 0);
    }

    private enum Found
    {
        Intact,
        BodyDamaged,
        NotInChain,
        End,
    }

    /// <summary>The pieces of a segment up to its limit.</summary>
    public static IEnumerable<SegmentPiece> Of(SegmentFile segment, SegmentLimit limit) =>
        new SegmentPieces(segment, limit).Run();

    private IEnumerable<SegmentPiece> Run()
    {
        while (true)
        {
            Found found = Look(out BatchHeader header, out RunningSums own, out string? what);
            if (found == Found.End) break;
            if (found == Found.NotInChain)
            {
                SegmentDamage gap = Gap();
                if (TryLetGo(before: gap.FromPosition, out SegmentPiece kept)) yield return kept;
                yield return new SegmentPiece(default, gap);
                _place = ChainPlace.Behind(gap);
                continue;
            }

            if (TryLetGo(before: header.Position, out SegmentPiece before)) yield return before;
            if (found == Found.BodyDamaged) yield return new SegmentPiece(default, InPlaceOf(header, what!));
            else _held = (new SegmentPiece(header, null, header.Sums == _place.Sums + own), _place);
            _place = _place.Behind(header);
        }

        // The last batch is not the one that the successor, or the watermark, follows.
        SegmentDamage? wrongEnd = _held is not null && !IsStatedEnd() ? Gap() : null;
        if (TryLetGo(before: wrongEnd?.FromPosition ?? long.MaxValue, out SegmentPiece last)) yield return last;
        if (wrongEnd is not null) yield return new SegmentPiece(default, wrongEnd);
    }

    private Found Look(out BatchHeader header, out RunningSums own, out string? what)
    {
        (header, own, what) = (default, default, null);
        if (_place.Position >= _limit.Position) return Found.End;
        if (!TryRead(_place.Position, out header) || !IsNext(header))
            return IsPastProofs(_place.Offset, _place.Position) ? Found.End : Found.NotInChain;
        what = BatchCheck.Examine(_segment, header, out own);
        if (what is null) return Found.Intact;
        return IsPastProofs(header.BaseOffset, header.Position) ? Found.End : Found.BodyDamaged;
    }

    /// <summary>Whether nothing says that what should stand here was durable: then it is torn, not damaged.</summary>
    private bool IsPastProofs(long offset, long position) =>
        !_limit.IsStated && offset >= _limit.Offset && position >= _born;

    private bool IsStatedEnd() => !_limit.IsStated
        || (_place.Offset == _limit.Offset && (_limit.LastHeaderCrc is not uint crc || crc == _place.Crc));

    private bool TryRead(long position, out BatchHeader header)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        int read = _segment.File.Read(bytes, position);
        return BatchHeader.TryDecode(
            bytes[..read], _segment.Header.Secret, _segment.Header.Ordinal, position, out header);
    }

    private bool IsNext(in BatchHeader header) =>
        header.PreviousCrc == _place.Crc && header.BaseOffset == _place.Offset && IsInside(header)
        && AgreesWithWatermark(header);

    // The header that led to the watermark is known by its checksum. Another one in its place is that of a batch which
    // was refused there before: an old block has come back. Earlier ones are found out by what follows them.
    private bool AgreesWithWatermark(in BatchHeader header) =>
        _limit.Watermark is not LogMark mark || mark.LastHeaderPosition != header.Position
        || mark.LastHeaderCrc == header.Crc;

    private bool IsInside(in BatchHeader header) =>
        header.EndPosition <= _limit.Position && (!_limit.IsStated || header.EndOffset <= _limit.Offset);

    /// <summary>
    /// Whether a header can be one of this log behind a broken place. Where nobody states the end, remains of batches
    /// that a process died over may lie behind the last proof: they never became part of the log. But what begins where
    /// the segment's birth ends is taken as a recovery takes it.
    /// </summary>
    private bool IsAhead(in BatchHeader header) =>
        header.BaseOffset >= _place.Offset && IsInside(header) && AgreesWithWatermark(header)
        && (_limit.IsStated || header.BaseOffset < _limit.Offset || header.Position <= _born);

    /// <summary>The damage that begins here, up to the next header of this log or to the limit.</summary>
    private SegmentDamage Gap()
    {
        foreach (BatchHeader next in HeaderScan.All(_segment, _place.Position))
        {
            if (next.Position >= _limit.Position) break;
            if (IsAhead(next) && TryBegin(next.Position) is SegmentDamage gap)
                return gap with
                {
                    ToOffset = next.BaseOffset,
                    NextCrc = next.PreviousCrc,
                    After = SumsBefore(next, gap.Before),
                };
        }

        long end = _limit.IsStated
            ? _limit.Position
            : Math.Max(Math.Max(_segment.File.Length, _born), _place.Position + RoomMin);
        return (TryBegin(end) ?? Beginning(_place, end)) with
        {
            ToOffset = Math.Max(_limit.Offset, _place.Offset),
            NextCrc = _limit.LastHeaderCrc,
            After = _limit.Sums ?? _place.Sums,
            IsEnd = !_limit.IsStated,
        };
    }

    /// <summary>
    /// Damage up to a position; it takes the last batch along when it is too small to be one, which is also so when a
    /// valid batch does not follow the last one. Null when there is no room to say that anything is lost.
    /// </summary>
    private SegmentDamage? TryBegin(long to)
    {
        if (to - _place.Position >= RoomMin) return Beginning(_place, to);
        return _held is var (_, start) && to - start.Position >= RoomMin ? Beginning(start, to) : null;
    }

    private static SegmentDamage Beginning(in ChainPlace place, long to) =>
        new(place.Position, to, place.Offset, place.Offset, "no batch that fits is there")
        {
            PreviousCrc = place.Crc,
            Before = place.Sums,
            After = place.Sums,
            TimestampMax = place.TimestampMax,
        };

    private SegmentDamage InPlaceOf(in BatchHeader header, string what) =>
        Beginning(_place, header.EndPosition) with
        {
            ToOffset = header.EndOffset,
            What = what,
            NextCrc = header.Crc,
            After = header.Sums,
            TimestampMax = Math.Max(_place.TimestampMax, header.TimestampMax),
        };

    private RunningSums SumsBefore(in BatchHeader next, RunningSums otherwise)
    {
        if (BatchCheck.Examine(_segment, next, out RunningSums own) is not null) return otherwise;
        return new RunningSums(
            next.Sums.Messages - own.Messages,
            next.Sums.Bytes - own.Bytes,
            next.Sums.Microseconds - own.Microseconds);
    }

    /// <summary>Gives out the batch that was held back, unless what follows begins before its end.</summary>
    private bool TryLetGo(long before, out SegmentPiece piece)
    {
        piece = _held?.Piece ?? default;
        bool letGo = _held is not null && piece.Batch.EndPosition <= before;
        _held = null;
        return letGo;
    }
}
