using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Trace.Scenarios;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>
/// Lets the shipped binary recover a state and compares what it gives with what was told before the crash.
/// </summary>
internal sealed class RecoveredState(string binary, TraceRecord record, CrashState state)
{
    private const int NotFound = 4;

    private readonly Expectation _expected = new(record, state.Moment);

    /// <summary>What is wrong with the recovery; null when nothing is.</summary>
    /// <param name="deeply">Also appends, and asks the group `default` again.</param>
    public async Task<string?> FindFaultAsync(bool deeply)
    {
        using var disk = new DiskOnDisk(state.Disk, rebooted: state.Disk.Hash() % 2 == 0);
        var store = Path.Combine(disk.Path, Recorder.StorePath);
        var found = await ConsumeAsync(store, "check");
        if (found.ExitCode == NotFound)
        {
            return _expected.MustBeThere ? Said(found) : deeply ? await FindFaultInNewAsync(store) : null;
        }

        if (found.ExitCode != 0 || _expected.MustBeGone)
        {
            return Said(found);
        }

        var given = DeliveredMessage.In(found.Output.Lines);
        var fault = _expected.WhatIsWrongWith(given);
        return fault is null && deeply ? await FindFaultLaterAsync(store, given) : fault;
    }

    /// <summary>Where no queue is left, whatever else is left there, a new one can be made and used.</summary>
    private async Task<string?> FindFaultInNewAsync(string store)
    {
        var produced = await RunAsync(store, "produce", Producing.Queue, "new-0:works:0");
        return produced.Output.Text == "acked #0 new-0\n" ? null : Said(produced);
    }

    private async Task<string?> FindFaultLaterAsync(string store, IReadOnlyList<DeliveredMessage> given)
    {
        var produced = await RunAsync(store, "produce", Producing.Queue, "later-0:still works:0");
        var again = await ConsumeAsync(store, "default");
        if (produced.ExitCode != 0 || again.ExitCode != 0)
        {
            return Said(produced) + Said(again);
        }

        // Twice the same, and one more: recovering again has changed nothing.
        var all = DeliveredMessage.In(again.Output.Lines);
        var isNext = given.Count == 0 || produced.Output.Text == $"acked #{given[^1].Offset + 1} later-0\n";
        return isNext && all.Count > 0 && all[^1].Body == "still works"
            ? _expected.WhatIsWrongWith("default", all)
            : $"the next message went to the wrong place: {produced.Output.Text}";
    }

    private Task<FiqResult> ConsumeAsync(string store, string group) => RunAsync(
        store, "consume", Producing.Queue, "--group", group, "--until-empty", "--json", "--workers", "8");

    private Task<FiqResult> RunAsync(string store, params string[] arguments) =>
        FiqProcess.RunAsync(new FiqCommand(store, arguments) { Binary = binary });

    private static string Said(FiqResult result) =>
        $"exit {result.ExitCode}, {result.Output.Count} lines, {result.Errors.Text.Trim()}";
}
