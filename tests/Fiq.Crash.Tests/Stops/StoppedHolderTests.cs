using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Stops;

/// <summary>
/// A process stops while it holds a lock. Nothing is broken open: whoever needs the lock is told after ten seconds who
/// has it, all others go on, and so does the holder when it goes on.
/// </summary>
public sealed class StoppedHolderTests : IDisposable
{
    private const string Queue = "orders";
    private const int Busy = 6;

    private readonly TemporaryStore _store = new();
    private readonly Ledger _ledger = new();

    private string Folder => _store.QueuePath(Queue);

    private string Segment => Directory.EnumerateFiles(Folder, "*.log").Order().First();

    private string GroupsFolder => Path.Combine(Folder, "groups");

    private string OffsetFile => Path.Combine(GroupsFolder, "default", "offset");

    public void Dispose() => _store.Dispose();

    [StraceFact]
    public async Task While_the_holder_of_the_append_lock_is_stopped_producers_hear_its_name_and_consumers_go_on()
    {
        await PrepareAsync();
        await using var holder = await StoppedProcess.StartAsync(Produce("held"), "pwrite64", Segment);
        var others = await Others.RunAllAsync(
            Produce("refused"), Fiq("queue", "delete", Queue, "--yes"), Fiq("consume", Queue, "--until-empty"));
        Others.ShouldBeBusy(others[0], "the append lock", holder);
        Others.ShouldBeBusy(others[1], "the append lock", holder);
        others[2].ExitCode.Should().Be(0, "{0}", others[2]);
        others[2].Output.Count.Should().Be(3);
        _ledger.WasRefused("refused");
        await GoesOnAsync(holder);
        await ShouldHaveEverythingAsync(ResultsOf(others[2]));
    }

    [StraceFact]
    public async Task While_the_leader_of_a_sync_is_stopped_producers_hear_that_the_outcome_is_unknown()
    {
        await PrepareAsync();
        await using var holder = await StoppedProcess.StartAsync(Produce("held"), "fdatasync", Segment);
        var others = await Others.RunAllAsync(Produce("unknown"), Fiq("consume", Queue, "--until-empty"));
        others[0].ExitCode.Should().Be(1, "{0}", others[0]);
        others[0].Output.Lines.Should().BeEmpty();
        others[0].Errors.Text.Should().Contain("can't be known").And.Contain($"process {holder.Id}");
        others[1].Output.Count.Should().Be(3, "what is not synced is not seen: {0}", others[1]);
        await GoesOnAsync(holder);
        await ShouldHaveEverythingAsync(ResultsOf(others[1]));
    }

    [StraceFact]
    public async Task While_a_process_that_recovers_is_stopped_nobody_else_gets_in_and_all_are_told_who_it_is()
    {
        await PrepareAsync();
        await using var holder = await StoppedProcess.StartAsync(Produce("held"), "fsync", Folder);
        var others = await Others.RunAllAsync(
            Produce("refused"), Fiq("consume", Queue, "--until-empty"), Fiq("queue", "show", Queue));
        Others.ShouldBeBusy(others[0], "the attach lock", holder);
        Others.ShouldBeBusy(others[1], "the attach lock", holder);
        others[2].ExitCode.Should().Be(0, "who only looks waits for nobody: {0}", others[2]);
        _ledger.WasRefused("refused");
        await GoesOnAsync(holder);
        await ShouldHaveEverythingAsync([]);
    }

    [StraceFact]
    public async Task While_a_process_that_makes_a_group_is_stopped_messages_flow_and_other_groups_wait()
    {
        await PrepareAsync();
        var create = Fiq("group", "create", Queue, "held");
        await using var holder = await StoppedProcess.StartAsync(create, "mkdirat", GroupsFolder);
        var others = await Others.RunAllAsync(
            Fiq("group", "create", Queue, "other"), Produce("stored"), Fiq("consume", Queue, "--until-empty"));
        Others.ShouldBeBusy(others[0], "the groups lock", holder);
        ShouldBeAcked(others[1]);
        others[2].ExitCode.Should().Be(0, "{0}", others[2]);
        (await holder.ContinueAsync()).ExitCode.Should().Be(0);
        var again = await FiqProcess.RunAsync(Fiq("group", "create", Queue, "other"));
        again.ExitCode.Should().Be(0, "{0}", again);
        foreach (var group in new[] { "held", "other" })
        {
            _ledger.Faults(await new OpenQueue(_store.Path, Queue).DrainAsync(group)).Should().BeEmpty(group);
        }

        await ShouldHaveEverythingAsync(ResultsOf(others[2]));
    }

    [StraceFact]
    public async Task While_the_holder_of_a_groups_lock_is_stopped_its_consumers_hear_its_name_and_producers_go_on()
    {
        await PrepareAsync();
        // Whoever comes first rebuilds the table under the group's lock, and syncs the offset file before.
        var consume = Fiq("consume", Queue, "--until-empty");
        await using var holder = await StoppedProcess.StartAsync(consume, "fdatasync", OffsetFile);
        var others = await Others.RunAllAsync(consume, Produce("stored"));
        Others.ShouldBeBusy(others[0], "the lock of group", holder);
        ShouldBeAcked(others[1]);
        var ended = await holder.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await ShouldHaveEverythingAsync(ResultsOf(ended));
    }

    [StraceFact]
    public async Task While_a_consumer_that_writes_down_what_is_settled_is_stopped_others_consume_and_hear_its_name()
    {
        await PrepareAsync();
        var consume = Fiq("consume", Queue, "--until-empty");
        await using var holder = await StoppedProcess.StartAsync(consume, "pwrite64", OffsetFile);
        ShouldBeAcked(await FiqProcess.RunAsync(Produce("later")));
        var other = await FiqProcess.RunAsync(consume);
        other.ExitCode.Should().Be(Busy, "{0}", other);
        other.Errors.Text.Should().Contain("the flush lock").And.Contain($"process {holder.Id}");
        ResultsOf(other).Should().ContainSingle(found => found.Key == "later", "it was free to be taken");
        var ended = await holder.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await ShouldHaveEverythingAsync([.. ResultsOf(ended), .. ResultsOf(other)]);
    }

    [StraceFact]
    public async Task While_a_process_that_makes_a_spare_file_is_stopped_nobody_waits()
    {
        await new OpenQueue(_store.Path, Queue).CreateAsync();
        await ProduceAsync(("large", new string('x', 450_000)));
        var half = new string('y', 100_000);
        _ledger.SentAtOnce([("held", half)]);
        var held = Fiq("produce", Queue, $"held:{half}:0");
        await using var holder = await StoppedProcess.StartAsync(held, "fallocate", Path.Combine(Folder, "spare.tmp"));
        // Together they need a second segment.
        await ProduceAsync(("roll", new string('z', 600_000)));
        (await Others.RunAllAsync(Produce("stored"))).Should().OnlyContain(result => result.ExitCode == 0)
            .And.AllSatisfy(ShouldBeAcked);
        var ended = await holder.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        ShouldBeAcked(ended);
        await ShouldHaveEverythingAsync([]);
    }

    private async Task PrepareAsync()
    {
        await new OpenQueue(_store.Path, Queue).CreateAsync();
        await ProduceAsync(("a", "body"), ("b", "body"), ("c", "body"));
    }

    private async Task ProduceAsync(params (string Key, string Body)[] messages)
    {
        _ledger.SentAtOnce(messages);
        var offset = await new OpenQueue(_store.Path, Queue).ProduceAsync(messages);
        foreach (var (key, _) in messages)
        {
            _ledger.WasAcked(key, offset++);
        }
    }

    private FiqCommand Fiq(params string[] arguments) => _store.PlainCommand(arguments);

    private FiqCommand Produce(string key)
    {
        _ledger.SentAtOnce([(key, "body")]);
        return Fiq("produce", Queue, $"{key}:body:0");
    }

    private void ShouldBeAcked(FiqResult result)
    {
        result.ExitCode.Should().Be(0, "{0}", result);
        var acked = ResultLine.In(result.Output).Should().ContainSingle("{0}", result).Subject;
        _ledger.WasAcked(acked.Key, acked.Offset);
    }

    /// <summary>The holder finishes what it had begun, and the next one has no trouble.</summary>
    private async Task GoesOnAsync(StoppedProcess holder)
    {
        ShouldBeAcked(await holder.ContinueAsync());
        ShouldBeAcked(await FiqProcess.RunAsync(Produce("after")));
    }

    private static IReadOnlyList<Found> ResultsOf(FiqResult consumed) =>
        [.. ResultLine.In(consumed.Output).Select(line => new Found(line.Offset, line.Key, "body"))];

    private async Task ShouldHaveEverythingAsync(IReadOnlyList<Found> consumed)
    {
        var rest = await new OpenQueue(_store.Path, Queue).DrainAsync();
        consumed.Intersect(rest).Should().BeEmpty("what is settled does not come again");
        _ledger.Faults([.. consumed, .. rest]).Should().BeEmpty();
    }
}
