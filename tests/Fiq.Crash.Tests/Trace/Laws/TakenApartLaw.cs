namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// A queue is taken apart only when it is on disk that its name is gone: otherwise a power cut brings back a queue
/// of which parts are missing. Of a queue that has its name nothing is unlinked but segments, torn remainders and
/// what is temporary.
/// </summary>
internal sealed class TakenApartLaw : ITraceLaw
{
    private const string Deleted = ".deleted-";

    public IEnumerable<string> BreachesIn(TraceStory story)
    {
        foreach (var unlinked in story.Calls.OfType<Unlinked>())
        {
            var moment = unlinked.When.Start;
            var path = story.PathAt(unlinked.Directory, moment)!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (!path.Any(TruthName.MeansNothing) && unlinked.Name is "queue.json" or "control" or "offset")
            {
                yield return $"{unlinked.Name} of a queue that has its name was unlinked";
            }

            if (path.Any(name => name.StartsWith(Deleted, StringComparison.Ordinal))
                && story.FindLooseName(unlinked.Directory, moment) is { } loose)
            {
                yield return $"{unlinked.Name} was unlinked, but the name {loose} was not synced";
            }
        }
    }
}
