using System.Collections.Concurrent;
using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Calls;

/// <summary>
/// Lets one call after the other of a scenario go wrong, each in a run and a store of its own. A failing run names
/// itself: <c>FIQ_CRASH_ONLY='roll: renameat2 EIO 1'</c> repeats it alone. <c>FIQ_CRASH_ALL=1</c> takes every call.
/// </summary>
internal sealed class CallSweep(Scenario scenario)
{
    private static readonly bool TakesAll = Environment.GetEnvironmentVariable("FIQ_CRASH_ALL") == "1";
    private static readonly string? Only = Environment.GetEnvironmentVariable("FIQ_CRASH_ONLY");

    private readonly ConcurrentQueue<string> _faults = [];
    private int _hits;

    /// <summary>Runs them all and returns what was wrong. Nine in ten must come to the call that goes wrong.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<CallGroup> groups)
    {
        var ours = await CountAsync(groups, onOurPaths: true);
        var all = await CountAsync(groups, onOurPaths: false);
        var cases = groups
            .SelectMany(group => group.Cases(
                (group.IsOnOurPaths ? ours : all).GetValueOrDefault(group.Call), TakesAll))
            .Where(fault => Only is null || Only == Title(fault))
            .ToList();
        await Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (fault, _) => await RunAsync(fault));
        if (Only is null && _hits < cases.Count * 9 / 10)
        {
            _faults.Enqueue($"only {_hits} of {cases.Count} runs came to the call that was to go wrong");
        }

        return [.. _faults];
    }

    private string Title(CallFault fault) => $"{scenario}: {fault}";

    private async Task<IReadOnlyDictionary<string, int>> CountAsync(IReadOnlyList<CallGroup> groups, bool onOurPaths)
    {
        var calls = groups.Where(group => group.IsOnOurPaths == onOurPaths).Select(group => group.Call).Distinct();
        using var store = new TemporaryStore();
        await scenario.PrepareAsync(store, new Ledger());
        return await TracedRun.CountAsync(store, scenario.Arguments, calls, onOurPaths);
    }

    private async Task RunAsync(CallFault fault)
    {
        try
        {
            using var store = new TemporaryStore();
            var ledger = new Ledger();
            await scenario.PrepareAsync(store, ledger);
            var (result, isHit) = await TracedRun.WithFaultAsync(store, scenario.Arguments, fault);
            if (isHit)
            {
                Interlocked.Increment(ref _hits);
            }

            var wasKilled = isHit && fault.Fault.Kills;
            var faults = wasKilled ? [] : ClearError.Faults(result);
            Enter(fault, [.. faults, .. await scenario.FaultsAsync(store, ledger, result, wasKilled)], result);
        }
        catch (Exception error) when (error is FiqException or TimeoutException or IOException)
        {
            _faults.Enqueue($"{Title(fault)}: {error}");
        }
    }

    private void Enter(CallFault fault, IEnumerable<string> faults, FiqResult result)
    {
        foreach (var each in faults)
        {
            _faults.Enqueue($"FIQ_CRASH_ONLY='{Title(fault)}': {each}\n{result.Errors.Text}");
        }
    }
}
