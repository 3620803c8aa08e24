namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>All laws together.</summary>
internal static class TraceLaws
{
    private static readonly ITraceLaw[] All =
    [
        new ToldLaw(),
        new QueueToldLaw(),
        new FailedSyncLaw(),
        new NamedTruthLaw(),
        new AppendedLaw(),
        new TrimmedLaw(),
        new TakenApartLaw(),
        new MappedLaw(),
    ];

    /// <summary>Every breach of any of them, each beginning with the law's name.</summary>
    public static IReadOnlyList<string> Breaches(IReadOnlyList<StoreCall> calls)
    {
        var story = new TraceStory(calls);
        return [.. All.SelectMany(law => law.BreachesIn(story).Select(breach => $"{law.GetType().Name}: {breach}"))];
    }
}
