namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>What one or more processes did to a store that did not exist before.</summary>
/// <param name="Calls">In the order in which they began.</param>
/// <param name="Sent">Every message that was given to a producer, by its key, which no other has.</param>
internal sealed record TraceRecord(IReadOnlyList<StoreCall> Calls, IReadOnlyDictionary<string, string> Sent);
