using System.Buffers;
using System.Globalization;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// Tidies up behind a roll, when nobody waits: gives back the room behind a segment's stated end and writes its
/// footer there. What lay torn behind the end is kept aside for whoever wants to understand a crash.
/// </summary>
internal sealed class Sealer(LogContext context, ControlLocks locks)
{
    private const string TornSuffix = ".torn";
    private const int TornBytesMax = 1024 * 1024;
    private const int TornFilesMax = 8;

    // Small segments may end faster than they are sealed, and what is not sealed takes more of the disk.
    private const int PredecessorsMax = 16;

    /// <summary>
    /// Seals a segment whose successor is durable, unless somebody else is at it or it is sealed already.
    /// </summary>
    public void Seal(SegmentName name, in SegmentEnd end)
    {
        // What lies behind an end that a repair stated is what was damaged: it is kept as it is.
        if (end.Reason == EndReason.Repaired) return;
        if (!locks.TryEnter(ControlLock.Spare)) return;
        try
        {
            using SegmentFile? segment = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: true);
            if (segment is null || Footer.TryRead(segment, end.Position) is not null) return;
            // What is damaged is evidence, and stays as it was found.
            if (TryDescribe(segment, end) is not Footer footer) return;
            if (end.Reason == EndReason.Recovered) KeepTorn(segment, end.Position);
            segment.File.SetLength(end.Position);
            segment.File.Write(footer.Encode(context.QueueId, name.Ordinal), end.Position);
        }
        catch (FileSystemException)
        {
            // Only a convenience is missing: readers walk the segment instead. The disk's error is met again by
            // whoever needs an answer.
            return;
        }
        finally
        {
            locks.Exit(ControlLock.Spare);
        }
    }

    /// <summary>Seals the last segments before this one, as far as they are not.</summary>
    public void SealPredecessors(SegmentName name)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        int last = names.IndexOf(name);
        for (int index = Math.Max(1, last - PredecessorsMax); index <= last; index++) SealBefore(names, index);
    }

    /// <summary>Seals the segment before this one.</summary>
    public void SealPredecessor(SegmentName name)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        int index = names.IndexOf(name);
        if (index >= 1) SealBefore(names, index);
    }

    private void SealBefore(List<SegmentName> names, int index)
    {
        using SegmentFile? successor =
            SegmentFile.TryOpen(context.Folder, names[index], context.QueueId, writable: false);
        if (successor is not null) Seal(names[index - 1], successor.Header.Previous);
    }

    /// <summary>Builds a segment's footer by walking it; null when it is not whole up to its stated end.</summary>
    public static Footer? TryDescribe(SegmentFile segment, in SegmentEnd end)
    {
        var footer = new Footer();
        RunningSums before = segment.Header.Sums;
        using SegmentWalk walk = SegmentWalk.FromStart(segment);
        while (walk.TryNext(out BatchHeader header, end.Position))
        {
            footer.Index.Learn(header);
            footer.Sums = new RunningSums(
                header.Sums.Messages - before.Messages,
                header.Sums.Bytes - before.Bytes,
                header.Sums.Microseconds - before.Microseconds);
            bool earlier = header.NotBeforeMin > 0
                && (footer.NotBeforeMin == 0 || header.NotBeforeMin < footer.NotBeforeMin);
            if (earlier) footer.NotBeforeMin = header.NotBeforeMin;
        }

        bool isWhole = walk.Position == end.Position && walk.LastCrc == end.LastHeaderCrc;
        return isWhole && segment.File.Length >= end.Position ? footer : null;
    }

    private void KeepTorn(SegmentFile segment, long from)
    {
        if (segment.FindNonZero(from) is not long first) return;
        int length = (int)Math.Min(TornBytesMax, segment.File.Length - first);
        List<string> kept = [.. context.Folder.List().Where(n => n.EndsWith(TornSuffix, StringComparison.Ordinal))];
        kept.Sort(StringComparer.Ordinal);
        for (int i = 0; i <= kept.Count - TornFilesMax; i++) context.Folder.TryUnlink(kept[i]);
        string name = string.Create(CultureInfo.InvariantCulture, $"{segment.Name}{TornSuffix}");
        if (context.Folder.TryStatus(name) is not null) return;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> remainder = buffer.AsSpan(0, segment.Read(buffer.AsSpan(0, length), first));
            using IFile file = context.Folder.CreateFile(name);
            // What was only set aside for writes to come says nothing.
            file.Write(remainder[..(remainder.LastIndexOfAnyExcept((byte)0) + 1)], 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
