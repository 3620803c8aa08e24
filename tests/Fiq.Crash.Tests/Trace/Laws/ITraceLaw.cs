namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>Something that must hold in every trace of fiq, whatever it did.</summary>
internal interface ITraceLaw
{
    /// <summary>Every breach of the law, in words.</summary>
    IEnumerable<string> BreachesIn(TraceStory story);
}
