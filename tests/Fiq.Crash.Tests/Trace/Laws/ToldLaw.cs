namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// Invariant I15: a message is told only when it is on disk. A sync of its segment began after the last write to its
/// bytes had returned, the names of the segment and of every folder above it were synced, all before the line was
/// written; and it lies before the end that the segment's successor states.
/// </summary>
internal sealed class ToldLaw : ITraceLaw
{
    public IEnumerable<string> BreachesIn(TraceStory story)
    {
        var contents = new SegmentContents(story);
        foreach (var line in ToldLine.In(story.Calls))
        {
            contents.AdvanceTo(line.Moment);
            var reasons = new List<string>();
            foreach (var (inode, record) in contents.Find(line.Offset))
            {
                reasons.Add(WhyNot(story, contents, inode, record, line) ?? "");
            }

            if (!reasons.Contains(""))
            {
                var why = reasons.Count == 0 ? "it was not written" : string.Join("; ", reasons);
                yield return $"#{line.Offset} {line.Key} was told, but {why}";
            }
        }
    }

    /// <summary>Why that record there is no reason to tell; null when it is.</summary>
    private static string? WhyNot(
        TraceStory story, SegmentContents contents, int inode, StoredRecord record, ToldLine line)
    {
        var segment = story[inode];
        var name = segment.EntryAt(line.Moment)?.Name ?? $"inode {inode}";
        if (record.Key != line.Key)
        {
            return $"in {name} its key is {record.Key}";
        }

        if (contents.StatedEnd(inode, line.Moment) is { } end && record.BatchEnd > end)
        {
            return $"it is behind the stated end of {name}";
        }

        if (story.FindLooseName(inode, line.Moment) is { } loose)
        {
            return $"the name {loose} was not synced";
        }

        return segment.Writes.Any(write => Touches(write, record) && write.When.Start <= line.Moment
            && !segment.IsDurable(write.When, line.Moment))
            ? $"its bytes in {name} were not synced"
            : null;
    }

    private static bool Touches(Written write, StoredRecord record) =>
        write.Position < record.BatchEnd && write.EndPosition > record.BatchPosition;
}
