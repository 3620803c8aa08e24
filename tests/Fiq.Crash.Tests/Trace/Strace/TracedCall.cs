namespace Fiq.Crash.Tests.Trace.Strace;

/// <summary>A system call as strace saw it, its arguments still in strace's words.</summary>
/// <param name="Process">Which of the traced processes made it, whatever the thread.</param>
/// <param name="Name">The call.</param>
/// <param name="Arguments">One text for each argument.</param>
/// <param name="Result">What it returned, -1 for an error; null when the process died in it.</param>
/// <param name="When">From before the kernel began until after it had finished.</param>
internal sealed record TracedCall(
    int Process, string Name, IReadOnlyList<string> Arguments, long? Result, Interval When)
{
    public bool HasSucceeded => Result >= 0;
}

/// <summary>
/// Nanoseconds since 1970 between which something happened. What has ended before another began happened before it;
/// of two that overlap nobody knows.
/// </summary>
internal readonly record struct Interval(long Start, long End)
{
    /// <summary>The end of what never ended.</summary>
    public const long Never = long.MaxValue;

    public bool IsBefore(Interval other) => End <= other.Start;
}
