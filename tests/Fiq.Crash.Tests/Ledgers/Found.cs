namespace Fiq.Crash.Tests.Ledgers;

/// <summary>A message as it came out of a queue.</summary>
internal readonly record struct Found(long Offset, string Key, string Body)
{
    /// <summary>Short, because a body may be long.</summary>
    public override string ToString() => $"#{Offset} {Key}";
}
