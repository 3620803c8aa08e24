using System.Collections.Concurrent;
using System.Globalization;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Trace.Laws;
using Fiq.Crash.Tests.Trace.Recovery;
using Fiq.Crash.Tests.Trace.Scenarios;
using Fiq.Simulation.Persistence;
using Xunit.Abstractions;

namespace Fiq.Crash.Tests.Trace;

/// <summary>
/// Every disk that a power cut at any moment may leave, by the persistence model, of what the shipped binary did to a
/// real one; each is recovered by the binary and compared with what it had told. FIQ_TRACE_STATES=n tries n of each
/// scenario, FIQ_TRACE_SEED=n draws others.
/// </summary>
[Collection(TraceCollection.Name)]
public sealed class CrashStatesTests(RecordedScenarios scenarios, ITestOutputHelper output)
{
    /// <summary>Of these states one in so many is also appended to and asked again.</summary>
    private const int DeeplyEach = 4;

    /// <summary>The kinds of disks that keep what they promise take turns, as in the simulation's campaigns.</summary>
    private static readonly DiskRules[] Kinds =
        [DiskRules.Strict, new DiskRules(SplitsRenames: true), new DiskRules(SyncsOwnName: true)];

    private static readonly int StatesEach = Number("FIQ_TRACE_STATES", 20);

    private static readonly int Seed = Number("FIQ_TRACE_SEED", 20_261_127);

    [StraceFact]
    public Task A_crash_while_the_store_and_the_queue_are_made_leaves_no_queue_or_a_whole_one() =>
        RecoverAsync(Producing.OneByOne, fromTheBeginning: true);

    [StraceFact]
    public Task A_crash_on_a_half_made_path_leaves_every_message_that_was_told() =>
        RecoverAsync(Producing.BehindAHalfMadePath);

    [StraceFact]
    public Task A_crash_while_a_pipe_is_stored_leaves_every_message_that_was_told() =>
        RecoverAsync(Producing.FromAPipe);

    [StraceFact]
    public Task A_crash_around_a_roll_leaves_every_message_that_was_told() => RecoverAsync(Producing.Rolling);

    [StraceFact]
    public Task A_crash_during_the_recovery_after_a_kill_leaves_every_message_that_was_told() =>
        RecoverAsync(Producing.RecoveringAfterAKill);

    [StraceFact]
    public Task A_crash_after_a_failed_sync_leaves_every_message_that_was_told() => RecoverAsync(Producing.AFailedSync);

    [StraceFact]
    public Task A_crash_after_a_failed_sync_of_the_folder_leaves_every_message_that_was_told() =>
        RecoverAsync(Producing.AFailedFolderSync);

    [StraceFact]
    public Task A_crash_under_two_producers_leaves_every_message_that_either_told() =>
        RecoverAsync(Producing.TwoAtOnce);

    [StraceFact]
    public Task A_crash_under_consumers_brings_no_message_back_changed_and_swallows_none() =>
        RecoverAsync(Consuming.InTwoGroups);

    [StraceFact]
    public Task A_crash_while_segments_are_deleted_leaves_everything_that_some_group_needs() =>
        RecoverAsync(Consuming.UntilSegmentsGo);

    [StraceFact]
    public Task A_crash_while_a_queue_is_deleted_leaves_it_whole_or_not_at_all() =>
        RecoverAsync(Deleting.AQueueWithMessages);

    [StraceFact]
    public Task A_crash_while_a_killed_deleters_queue_is_removed_leaves_it_whole_or_not_at_all() =>
        RecoverAsync(Deleting.KilledInTheMiddle);

    [StraceFact]
    public async Task A_program_that_tells_before_it_syncs_would_lose_messages_in_these_states()
    {
        var record = await scenarios.Of(Producing.OneByOne);
        var segments = record.Calls.OfType<Written>().Where(write => SegmentBytes.IsBatch(write.Bytes.Span))
            .Select(write => write.Inode).ToHashSet();
        await ShouldBeCaughtAsync(record, call => call is Synced synced && segments.Contains(synced.Inode));
    }

    [StraceFact]
    public async Task A_program_that_syncs_no_folders_would_lose_messages_in_these_states()
    {
        var record = await scenarios.Of(Producing.OneByOne);
        var folders = record.Calls.OfType<Made>().Where(made => made.IsDirectory).Select(made => made.Inode);
        var all = folders.Append(StoreNames.Root).ToHashSet();
        await ShouldBeCaughtAsync(record, call => call is Synced synced && all.Contains(synced.Inode));
    }

    /// <summary>Leaves calls out of what really happened, as if a bug had; some state then breaks a promise.</summary>
    private async Task ShouldBeCaughtAsync(TraceRecord record, Func<StoreCall, bool> isLeftOut)
    {
        var history = TraceHistory.Of(record.Calls.Where(call => !isLeftOut(call)));
        var firstCut = history.CutBehindNaming(Producing.Queue);
        var states = CrashStates.Draw(history, DiskRules.Strict, firstCut, StatesEach, Seed, out _);
        foreach (var state in states)
        {
            if (await new RecoveredState(scenarios.Binary, record, state).FindFaultAsync(deeply: false) is { } fault)
            {
                output.WriteLine($"{state.Name}: {fault}");
                return;
            }
        }

        states.Should().BeEmpty("one of these should have shown the bug");
    }

    private async Task RecoverAsync(Scenario scenario, bool fromTheBeginning = false)
    {
        var record = await scenarios.Of(scenario);
        var history = TraceHistory.Of(record.Calls);
        var firstCut = fromTheBeginning ? 1 : history.CutBehindNaming(Producing.Queue);
        var distinct = 0;
        var states = Kinds.SelectMany((rules, index) =>
        {
            // As many of each kind; what does not divide goes to the first ones.
            var share = (StatesEach + Kinds.Length - 1 - index) / Kinds.Length;
            var drawn = CrashStates.Draw(history, rules, firstCut, share, Seed + index, out var found);
            distinct += found;
            return drawn;
        }).ToList();
        output.WriteLine(
            $"{scenario.Method.Name}: {states.Count} of {distinct} states on {Kinds.Length} kinds of disks, "
                + $"cuts {firstCut}..{history.Disk.Count}, FIQ_TRACE_SEED={Seed}");
        states.Should().NotBeEmpty();
        var faults = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(states.Index(), async (indexed, _) =>
        {
            var (index, state) = indexed;
            var recovered = new RecoveredState(scenarios.Binary, record, state);
            if (await recovered.FindFaultAsync(deeply: index % DeeplyEach == 0) is { } fault)
            {
                faults.Add($"{state.Name}: {fault}");
            }
        });
        faults.Should().BeEmpty("FIQ_TRACE_SEED={0}", Seed);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
