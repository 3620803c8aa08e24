namespace Fiq.Crash.Tests.Calls;

/// <summary>One call of a process that does not go as it should.</summary>
/// <param name="Call">The system call.</param>
/// <param name="IsOnOurPaths">
/// Count only calls on the files of the store: for calls that the run-time makes as well, and for other threads than
/// the first.
/// </param>
/// <param name="Fault">What happens.</param>
/// <param name="Number">The how many-th of its thread.</param>
internal sealed record CallFault(string Call, bool IsOnOurPaths, Fault Fault, int Number)
{
    public override string ToString() => $"{Call}{(IsOnOurPaths ? "@store" : "")} {Fault} {Number}";
}
