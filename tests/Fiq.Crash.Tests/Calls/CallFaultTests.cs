namespace Fiq.Crash.Tests.Calls;

public sealed class CallFaultTests
{
    /// <summary>Calls that change what is on disk and that only we make.</summary>
    private static readonly string[] Rare =
        ["fsync", "fdatasync", "ftruncate", "fallocate", "renameat2", "unlinkat", "mkdirat"];

    private const int Few = 4;

    public static TheoryData<string> Scenarios => [.. Scenario.All.Select(scenario => scenario.Name)];

    [StraceTheory]
    [MemberData(nameof(Scenarios))]
    public async Task A_process_killed_at_any_of_its_system_calls_leaves_a_queue_that_others_go_on_with(string name)
    {
        var scenario = Scenario.All.Single(each => each.Name == name);
        List<CallGroup> groups =
        [
            .. Every(Fault.Kill, Rare),
            .. Some(Fault.Kill, "pwrite64"),
            .. OnOurPaths(Fault.Kill, "openat", "fcntl"),
        ];
        if (scenario.WorksInBackground)
        {
            groups.AddRange(OnOurPaths(Fault.Kill, "pwrite64", "fsync", "fdatasync", "renameat2", "unlinkat"));
        }

        (await new CallSweep(scenario).RunAsync(groups)).Should().BeEmpty();
    }

    [StraceTheory]
    [MemberData(nameof(Scenarios))]
    public async Task A_system_call_that_fails_is_said_as_a_clear_error_and_leaves_nothing_half_done(string name)
    {
        var scenario = Scenario.All.Single(each => each.Name == name);
        List<CallGroup> groups =
        [
            .. Every(Fault.InputOutput, Rare),
            .. Some(Fault.InputOutput, "pwrite64"),
            .. OnOurPaths(Fault.InputOutput, "openat", "pread64"),
            .. Some(Fault.NoSpace, "pwrite64", "fallocate", "mkdirat", "renameat2", "fsync", "fdatasync"),
            .. OnOurPaths(Fault.NoSpace, "openat"),
            .. OnOurPaths(Fault.NoDescriptors, "openat"),
            .. OnOurPaths(Fault.NoLocks, "fcntl"),
            .. OnOurPaths(Fault.NoMemory, "mmap"),
            .. Some(Fault.NothingWritten, "pwrite64"),
        ];
        (await new CallSweep(scenario).RunAsync(groups)).Should().BeEmpty();
    }

    [StraceTheory]
    [MemberData(nameof(Scenarios))]
    public async Task An_interrupted_system_call_is_made_again_or_said_as_a_clear_error(string name)
    {
        var scenario = Scenario.All.Single(each => each.Name == name);
        List<CallGroup> groups =
        [
            .. Some(Fault.Interrupted, "pwrite64", "fsync", "fdatasync", "fallocate", "ftruncate"),
            .. OnOurPaths(Fault.Interrupted, "openat", "fcntl", "pread64"),
        ];
        (await new CallSweep(scenario).RunAsync(groups)).Should().BeEmpty();
    }

    private static IEnumerable<CallGroup> Every(Fault fault, params string[] calls) =>
        calls.Select(call => new CallGroup(call, fault, IsOnOurPaths: false, int.MaxValue));

    private static IEnumerable<CallGroup> Some(Fault fault, params string[] calls) =>
        calls.Select(call => new CallGroup(call, fault, IsOnOurPaths: false, Few));

    private static IEnumerable<CallGroup> OnOurPaths(Fault fault, params string[] calls) =>
        calls.Select(call => new CallGroup(call, fault, IsOnOurPaths: true, Few));
}
