namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// Truth is never written through a mapping: strace would not see it, and a sync does not say when it was stored.
/// </summary>
internal sealed class MappedLaw : ITraceLaw
{
    public IEnumerable<string> BreachesIn(TraceStory story) =>
        from file in story.Files
        where file.IsMapped
        from entry in file.Entries
        where TruthName.IsTruth(entry.Name)
        select $"{entry.Name} was mapped for writing";
}
