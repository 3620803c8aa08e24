namespace Fiq.Storage;

/// <summary>
/// Verifies the sealed segments of a queue, slowly and again and again, so that what rots while nobody reads it is
/// found while a backup still has it. One process of a queue at a time: whoever has the check lock. How far the round
/// has come is on the control page, so that short-lived processes together come to its end. Changes nothing.
/// </summary>
internal sealed class SealedCheck(
    LogContext context, ControlPage page, ControlLocks locks, Action<DamagedException> found) : IDisposable
{
    /// <summary>No more is read in a second: nobody who works shall notice. 22 GB in a day.</summary>
    public const int BytesPerSecond = 256 * 1024;

    /// <summary>How long to sleep while there is something to read.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>How long to sleep when there is nothing, or another process is at it.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>A round begins no sooner after the one before began.</summary>
    public static readonly TimeSpan RoundInterval = TimeSpan.FromDays(1);

    private SegmentCheck? _current;
    private string? _toldLast;
    private bool _holds;

    /// <summary>Does what may be done in one second; returns how long to sleep before the next call.</summary>
    public TimeSpan Advance()
    {
        if (!_holds && !locks.TryEnter(ControlLock.Check)) return Rest;
        _holds = true;
        int budget = BytesPerSecond;
        while (budget >= BatchHeader.Size)
        {
            if (_current is null && !TryBegin(ref budget)) return Rest;
            if (_current is not null) budget -= Advance(_current, budget);
        }

        return Pace;
    }

    public void Dispose()
    {
        _current?.Dispose();
        if (_holds) locks.Exit(ControlLock.Check);
        _holds = false;
    }

    private int Advance(SegmentCheck segment, int budget)
    {
        int read = budget;
        try
        {
            read = segment.Advance(budget);
            if (!segment.IsDone) return read;
        }
        catch (DamagedException damage)
        {
            Tell(damage, segment.Ordinal, segment.Offset);
        }

        End(segment.Ordinal);
        return read;
    }

    /// <summary>Opens the next sealed segment, or passes over it; false when there is none to verify now.</summary>
    private bool TryBegin(ref int budget)
    {
        if (TryNext() is not (SegmentName name, SegmentName successor)) return false;
        budget -= 2 * SegmentHeader.Size;
        try
        {
            using SegmentFile? next = SegmentFile.TryOpen(context.Folder, successor, context.QueueId, writable: false);
            SegmentFile? segment = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: false);
            // Deleted meanwhile, because all of it was settled: that is no damage.
            if (segment is null || next is null) segment?.Dispose();
            else _current = new SegmentCheck(segment, next.Header.Previous);
        }
        catch (DamagedException damage)
        {
            Tell(damage, name.Ordinal, name.BaseOffset);
        }

        if (_current is null) End(name.Ordinal);
        return true;
    }

    /// <summary>The first sealed segment of the round that was not verified yet, and its successor.</summary>
    private (SegmentName Name, SegmentName Successor)? TryNext()
    {
        try
        {
            return TryNext(SegmentList.Read(context.Folder), page.Watermark().Epoch);
        }
        catch (DamagedException damage)
        {
            // A segment is missing, or the page is broken: looked at again each time.
            Tell(damage, 0, 0);
            return null;
        }
    }

    private (SegmentName Name, SegmentName Successor)? TryNext(List<SegmentName> names, long sealedBefore)
    {
        long now = context.UtcMicroseconds;
        if (FirstBehind(page.CheckedThrough, names, sealedBefore) is (SegmentName, SegmentName) next)
        {
            if (page.CheckedThrough == 0) page.CheckBegan = now;
            return next;
        }

        // A clock that was set back must not put the next round off for as long.
        bool isTime = now < page.CheckBegan || now - page.CheckBegan >= (long)RoundInterval.TotalMicroseconds;
        if (!isTime || page.CheckedThrough == 0) return null;
        page.CheckedThrough = 0;
        page.CheckBegan = now;
        return FirstBehind(0, names, sealedBefore);
    }

    // Sealed is what has a successor that everybody knows; of one that is just being made the name may yet vanish.
    private static (SegmentName Name, SegmentName Successor)? FirstBehind(
        long through, List<SegmentName> names, long sealedBefore)
    {
        for (int i = 0; i + 1 < names.Count; i++)
            if (names[i].Ordinal > through && names[i].Ordinal < sealedBefore) return (names[i], names[i + 1]);
        return null;
    }

    private void End(long ordinal)
    {
        _current?.Dispose();
        _current = null;
        page.CheckedThrough = ordinal;
    }

    // A broken header is met twice, as a segment's own and as its predecessor's end; whoever was told knows.
    private void Tell(DamagedException damage, long ordinal, long offset)
    {
        if (damage.Message == _toldLast) return;
        _toldLast = damage.Message;
        page.Note(ProtocolEvent.DamageFound, ordinal, offset);
        found(damage.In(context.Folder.Path));
    }
}
