namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// No batch is written to a segment that has its name before that name, and those of the folders above it, are on
/// disk: what is appended would be synced into a file that nobody finds again.
/// </summary>
internal sealed class AppendedLaw : ITraceLaw
{
    public IEnumerable<string> BreachesIn(TraceStory story) =>
        from file in story.Files
        from write in file.Writes
        where SegmentBytes.IsBatch(write.Bytes.Span)
        let entry = file.EntryAt(write.When.Start)
        where entry is not null && TruthName.Segment(entry.Name) is not null
        let loose = story.FindLooseName(file.Inode, write.When.Start)
        where loose is not null
        select $"{entry.Name} was written to at {write.Position}, but the name {loose} was not synced";
}
