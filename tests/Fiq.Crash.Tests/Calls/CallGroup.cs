namespace Fiq.Crash.Tests.Calls;

/// <summary>One kind of call with one fault.</summary>
internal sealed record CallGroup(string Call, Fault Fault, bool IsOnOurPaths, int SampleMax)
{
    // First of all fiq tries whether a sync reports errors and whether locks exclude; the run-time truncates one file.
    private int First => IsOnOurPaths ? 1 : Call switch
    {
        "fsync" or "fdatasync" => 2,
        "ftruncate" => 3,
        _ => 1,
    };

    /// <summary>Each of so many calls, or an even sample that has the first and the last.</summary>
    public IEnumerable<CallFault> Cases(int count, bool takesAll)
    {
        var there = count - First + 1;
        var taken = takesAll ? there : Math.Min(there, SampleMax);
        return Enumerable.Range(0, Math.Max(0, taken))
            .Select(n => First + (taken == 1 ? 0 : n * (there - 1) / (taken - 1)))
            .Select(number => new CallFault(Call, IsOnOurPaths, Fault, number));
    }
}
