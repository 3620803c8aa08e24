namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// What gets a name by which it is believed is whole on disk before: a segment, an offset file, a queue's settings;
/// and a folder with the truth in it and all names below it.
/// </summary>
internal sealed class NamedTruthLaw : ITraceLaw
{
    public IEnumerable<string> BreachesIn(TraceStory story)
    {
        foreach (var renamed in story.Calls.OfType<Renamed>())
        {
            var moment = renamed.When.Start;
            var file = story.Files.First(file => file.Entries.Exists(
                entry => entry.Name == renamed.From && entry.Taken == renamed.When));
            var breaches = file.IsDirectory
                ? BreachesBelow(story, file, file.Inode, moment)
                : TruthName.IsTruth(renamed.To) ? BreachesOf(file, renamed.To, moment) : [];
            foreach (var breach in breaches.Where(_ => !TruthName.MeansNothing(renamed.To)))
            {
                yield return $"{renamed.From} became {renamed.To}, but {breach}";
            }
        }
    }

    private static IEnumerable<string> BreachesBelow(TraceStory story, FileStory folder, int top, long moment)
    {
        foreach (var (file, entry) in story.In(folder.Inode, moment))
        {
            if (story.FindLooseName(file.Inode, moment, top) is { } name)
            {
                yield return $"the name {name} in it was not synced";
            }

            var below = file.IsDirectory
                ? BreachesBelow(story, file, top, moment)
                : TruthName.IsTruth(entry.Name) ? BreachesOf(file, entry.Name, moment) : [];
            foreach (var breach in below)
            {
                yield return breach;
            }
        }
    }

    private static IEnumerable<string> BreachesOf(FileStory file, string name, long moment)
    {
        if (file.FindLooseChange(moment) is not null)
        {
            yield return $"{name} was not synced";
        }
    }
}
