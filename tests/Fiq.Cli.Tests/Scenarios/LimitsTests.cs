using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

public sealed class LimitsTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Of_many_producers_in_a_row_exactly_as_many_lines_are_stored_as_there_is_room_for()
    {
        await MustAsync("queue", "create", "orders", "--max-messages", "1000");
        var lines = string.Concat(Enumerable.Range(0, 700).Select(number => $"k{number}:m:0\n"));
        var runs = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => FiqProcess.RunAsync(_store.PlainCommand("produce", "orders"), lines)));
        runs.Sum(run => run.Output.Count).Should().Be(1000);
        runs.Where(run => run.Output.Count < 700).Should().OnlyContain(run => run.ExitCode == 8).And.NotBeEmpty();
        foreach (var run in runs.Where(run => run.ExitCode == 8))
            run.Errors.Text.Should().Contain($"Stored up to line {run.Output.Count:0}; go on with tail -n +");
    }

    [Fact]
    public async Task A_consumer_that_would_end_with_an_empty_group_ends_when_it_is_paused_and_says_so()
    {
        await MustAsync("produce", "orders", "a:b:0");
        await MustAsync("group", "pause", "orders", "default");
        var paused = await FiqProcess.RunAsync(_store.PlainCommand("consume", "orders", "--until-empty"));
        paused.ExitCode.Should().Be(6);
        paused.Errors.Text.Should().Contain("is paused").And.Contain("fiq group resume orders default");
        await MustAsync("group", "resume", "orders", "default");
        (await MustAsync("consume", "orders", "--until-empty")).Output.Count.Should().Be(1);
        await MustAsync("queue", "pause", "orders");
        (await MustAsync("consume", "orders", "--until-empty")).Output.Count.Should().Be(0);
        await MustAsync("produce", "orders", "c:d:0");
        paused = await FiqProcess.RunAsync(_store.PlainCommand("consume", "orders", "--until-empty"));
        paused.ExitCode.Should().Be(6);
        paused.Errors.Text.Should().Contain("fiq queue resume orders").And.NotContain("group resume");
    }

    [Fact]
    public async Task A_queue_that_is_there_with_other_settings_is_refused_with_what_differs_and_what_helps()
    {
        await MustAsync("queue", "create", "orders", "--unique-keys", "--window", "1h");
        (await MustAsync("queue", "show", "orders")).Output.Text.Should().Contain("unique among the last 1h");
        var refused = await FiqProcess.RunAsync(_store.PlainCommand("queue", "create", "orders"));
        refused.ExitCode.Should().Be(6);
        refused.Errors.Text.Should().Contain("exists with other settings: unique keys.")
            .And.Contain("fixed when a queue is made").And.NotContain("queue set");
        refused = await FiqProcess.RunAsync(_store.PlainCommand(
            "queue", "create", "orders", "--unique-keys", "--window", "1h", "--max-messages", "5"));
        refused.Errors.Text.Should().Contain("other settings: --max-messages.").And.Contain("fiq queue set orders");
    }

    [Fact]
    public async Task A_live_consumer_stops_taking_when_its_group_is_paused_and_goes_on_when_it_is_resumed()
    {
        await using var consumer = FiqProcess.Start(_store.PlainCommand("consume", "orders"));
        await MustAsync("produce", "orders", "a:b:0");
        await consumer.Output.WaitForCountAsync(1);
        await MustAsync("group", "pause", "orders", "default");
        // As long as it may take to notice: from then on nothing is taken, however long nobody looks.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        await MustAsync("produce", "orders", "c:d:0");
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        consumer.Output.Count.Should().Be(1);
        var group = (await _store.ShowAsync("orders")).GetProperty("groups")[0];
        group.GetProperty("paused").GetBoolean().Should().BeTrue();
        await MustAsync("group", "resume", "orders", "default");
        await consumer.Output.WaitForCountAsync(2);
        consumer.Signal(Signal.Terminate);
        (await consumer.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_group_that_somebody_works_for_is_not_moved()
    {
        await using var consumer = FiqProcess.Start(_store.PlainCommand("consume", "orders"));
        await MustAsync("produce", "orders", "a:b:0");
        await consumer.Output.WaitForCountAsync(1);
        string[][] changes = [["seek", "orders", "default", "--to", "first"], ["delete", "orders", "default"]];
        foreach (var arguments in changes)
        {
            var refused = await FiqProcess.RunAsync(_store.PlainCommand(["group", .. arguments, "--yes"]));
            refused.ExitCode.Should().Be(6, "{0}", refused);
            refused.Errors.Text.Should().Contain($"process {consumer.Id}");
        }

        consumer.Signal(Signal.Terminate);
        (await consumer.EndAsync()).ExitCode.Should().Be(0);
        await MustAsync("group", "seek", "orders", "default", "--to", "first", "--yes");
        (await MustAsync("consume", "orders", "--until-empty")).Output.Count.Should().Be(1);
    }

    private async Task<FiqResult> MustAsync(params string[] arguments)
    {
        var result = await FiqProcess.RunAsync(_store.PlainCommand(arguments));
        result.ExitCode.Should().Be(0, "{0}", result);
        return result;
    }
}
