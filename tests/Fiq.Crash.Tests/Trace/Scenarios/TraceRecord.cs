using Fiq.Crash.Tests.Trace.Laws;

namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>What one or more processes did to a store that did not exist before.</summary>
/// <param name="Calls">In the order in which they began.</param>
/// <param name="Sent">Every message that was given to a producer, by its key, which no other has.</param>
internal sealed record TraceRecord(IReadOnlyList<StoreCall> Calls, IReadOnlyDictionary<string, string> Sent)
{
    /// <summary>Every message that was acknowledged or delivered.</summary>
    public IReadOnlyList<ToldLine> Told { get; } = ToldLine.In(Calls);

    /// <summary>How many groups have done work.</summary>
    public int Groups => Told.Select(line => line.Group).Where(group => group is not null).Distinct().Count();
}
