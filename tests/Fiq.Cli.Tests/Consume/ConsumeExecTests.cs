using System.Text.Json;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Consume;

public sealed class ConsumeExecTests : IDisposable
{
    private const string CtrlC = "\u0003";

    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Stdout_belongs_to_the_command_and_what_is_done_is_said_only_if_asked_for()
    {
        await ProduceAsync("a:1:0", "b:2:0");
        FiqResult quiet = await RunAsync("--count", "1", "--exec", "cat; echo; echo oops >&2");
        quiet.Output.Lines.Should().Equal("1");
        quiet.Errors.Lines[1].Should().Be("oops");
        quiet.Errors.Text.Should().NotContain("done #").And.Contain("1 done in ");
        FiqResult verbose = await RunAsync("--count", "1", "-v", "--exec", "cat; echo");
        verbose.Output.Lines.Should().Equal("2");
        verbose.Errors.Text.Should().Contain("done #1 b \"2\"");
    }

    [Fact]
    public async Task With_json_stdout_is_ours_and_the_commands_output_goes_to_stderr()
    {
        await ProduceAsync("a:1:0");
        FiqResult result = await RunAsync("--count", "1", "--json", "--exec", "echo out; echo err >&2");
        JsonElement line = JsonDocument.Parse(result.Output.Lines.Should().ContainSingle().Subject).RootElement;
        line.GetProperty("outcome").GetString().Should().Be("done");
        result.Errors.Lines.Should().BeEquivalentTo("out", "err");
    }

    [Fact]
    public async Task A_bounded_run_with_dead_messages_ends_with_3()
    {
        await ProduceAsync("a:1:0");
        FiqResult result = await RunAsync("--count", "1", "--json", "--exec", "echo no such order >&2; exit 65");
        result.ExitCode.Should().Be(3, "{0}", result);
        JsonElement line = JsonDocument.Parse(result.Output.Lines[0]).RootElement;
        line.GetProperty("outcome").GetString().Should().Be("dead");
        line.GetProperty("error").GetString().Should().Be("exit 65: no such order");
    }

    [Fact]
    public async Task What_failed_says_so_on_stderr()
    {
        await ProduceAsync("a:1:0");
        FiqResult result = await RunAsync("--count", "1", "--max-attempts", "1", "--exec", "echo why >&2; exit 3");
        result.Output.Lines.Should().BeEmpty();
        result.Errors.Lines.Skip(1).Should().Equal(
            "why", "dead #0 a  after 1 attempt: exit 3: why", "0 done · 1 dead");
    }

    [Fact]
    public async Task Exit_255_ends_the_consumer_says_why_once_and_spends_no_attempt()
    {
        await ProduceAsync("a:1:0", "b:2:0", "c:3:0");
        FiqResult result = await RunAsync("-w", "2", "--exec", "echo no licence >&2; exit 255");
        result.ExitCode.Should().Be(1, "{0}", result);
        result.Errors.Lines.TakeLast(2).Should().Equal(
            "fiq: the work can't go on: exit 255: no licence.",
            "     What it had was handed back; no attempt is spent.");
        FiqResult next = await RunAsync("--count", "3", "--exec", "echo $FIQ_ATTEMPT");
        next.Output.Lines.Should().Equal("1", "1", "1");
    }

    [Fact]
    public async Task A_command_that_takes_too_long_has_failed_with_all_it_started()
    {
        await ProduceAsync("a:1:0");
        FiqResult result = await RunAsync(
            "--count", "1", "--max-attempts", "1", "--timeout", "200ms", "--exec", "sleep 1000 | sleep 1000");
        result.ExitCode.Should().Be(3, "{0}", result);
        result.Errors.Text.Should().Contain("dead #0 a  after 1 attempt: timed out after 0.2 s");
    }

    [Fact]
    public async Task Sleeping_work_may_take_too_long_as_well()
    {
        await ProduceAsync("a:1:100");
        FiqResult result = await RunAsync("--count", "1", "--max-attempts", "1", "--timeout", "100ms");
        result.ExitCode.Should().Be(3, "{0}", result);
        result.Output.Lines.Should().Equal("dead #0 a  after 1 attempt: timed out after 0.1 s");
    }

    [Fact]
    public async Task On_a_signal_a_running_command_may_finish()
    {
        await ProduceAsync("a:1:0", "b:2:0");
        await using FiqProcess consumer = Start("--exec", "echo begun; sleep 1; echo finished");
        await consumer.Output.WaitForAsync("begun");
        consumer.Signal(Signal.Terminate);
        FiqResult result = await consumer.EndAsync();
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Lines.Should().Equal("begun", "finished");
        result.Errors.Lines[^1].Should().StartWith("1 done in ");
    }

    [Fact]
    public async Task What_declares_more_than_the_grace_is_ended_and_handed_back_at_once()
    {
        await ProduceAsync("a:1:60", "b:2:0");
        await using FiqProcess consumer = Start(
            "-w", "2", "--grace", "20s", "--exec", "echo begun; test $FIQ_KEY = b || exec sleep 1000; sleep 1");
        await consumer.Output.WaitForCountAsync(2);
        consumer.Signal(Signal.Terminate);
        FiqResult result = await consumer.EndAsync();
        result.Errors.Text.Should().Contain("finishing 1 message");
        result.Errors.Lines[^1].Should().StartWith("1 done in ").And.EndWith("1 handed back");
    }

    [Theory]
    [InlineData("200ms", 1)]
    [InlineData("1h", 2)]
    public async Task After_the_grace_or_a_second_signal_it_is_ended_and_costs_no_attempt(string grace, int signals)
    {
        await ProduceAsync("a:1:0");
        await using FiqProcess consumer = Start("--grace", grace, "--exec", "trap '' TERM; echo begun; sleep 1000");
        await consumer.Output.WaitForAsync("begun");
        for (int i = 0; i < signals; i++)
        {
            consumer.Signal(Signal.Terminate);
            await consumer.Errors.WaitForAsync("finishing 1 message");
        }

        (await consumer.EndAsync()).Errors.Lines[^1].Should().Be("0 done · 1 handed back");
        FiqResult next = await RunAsync("--count", "1", "--exec", "echo attempt $FIQ_ATTEMPT");
        next.Output.Lines.Should().Equal("attempt 1");
    }

    [Fact]
    public async Task Ctrl_C_on_a_terminal_does_not_reach_the_command()
    {
        await ProduceAsync("a:1:0");
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(
            _store, "fiq consume q --exec 'echo begun; sleep 1; echo finished'; echo not here"));
        await terminal.Output.WaitForAsync("begun");
        await terminal.WriteAsync(CtrlC);
        FiqResult result = await terminal.EndAsync();
        result.Output.Text.Should().Contain("finished").And.Contain("1 done in ");
    }

    [Fact]
    public async Task When_the_reader_of_stdout_goes_what_runs_may_finish_and_the_rest_stays()
    {
        await ProduceAsync([.. Enumerable.Range(0, 100).Select(n => $"k{n}:m:0")]);
        FiqResult result = await FiqProcess.RunAsync(Scripts.Bash(
            _store, "fiq consume q --exec 'echo $FIQ_OFFSET; sleep 0.1' | head -1; echo ${PIPESTATUS[0]}"));
        result.Output.Lines.Should().Equal("0", "141");
        result.Errors.Lines[^1].Should().StartWith("1 done in ");
    }

    [Fact]
    public async Task A_reader_that_pauses_does_not_stop_a_stop()
    {
        await ProduceAsync([.. Enumerable.Range(0, 50).Select(n => $"k{n}:m:0")]);
        FiqResult stuck = await FiqProcess.RunAsync(Scripts.Bash(
            _store,
            "fiq consume q -w 4 --grace 200ms --exec 'head -c 1000000 /dev/zero | tr \"\\0\" x | fold' "
            + "> >(exec sleep 60 >&- 2>&-) & "
            + "until fiq queue show q --json | grep -q '\"leased\":4'; do sleep 0.05; done; sleep 1; "
            + "kill -TERM $!; wait $!; echo $?"));
        stuck.Output.Lines.Should().Equal("0");
    }

    [Fact]
    public async Task Everything_that_a_slow_reader_reads_is_there()
    {
        await ProduceAsync([.. Enumerable.Range(0, 200).Select(n => $"k{n}:m:0")]);
        FiqResult result = await FiqProcess.RunAsync(Scripts.Bash(
            _store, "fiq consume q -w 8 --until-empty --exec 'seq 1 2000' | (sleep 1; cat) | sort -n | uniq -c | "
            + "awk '{print $1}' | sort -u"));
        result.Output.Lines.Should().Equal("200");
    }

    [Fact]
    public async Task A_rate_spreads_the_starts()
    {
        await ProduceAsync([.. Enumerable.Range(0, 30).Select(n => $"k{n}:m:0")]);
        FiqResult result = await RunAsync("-w", "8", "--until-empty", "--rate", "20/s");
        long[] at = [.. result.Output.Captured.Select(line => line.Timestamp).Order()];
        at.Should().HaveCount(30);
        // 30 at 20 a second, of which 2 were credit.
        System.Diagnostics.Stopwatch.GetElapsedTime(at[0], at[^1]).Should().BeGreaterThan(TimeSpan.FromSeconds(1));
    }

    private Task<FiqResult> RunAsync(params string[] args) =>
        FiqProcess.RunAsync(_store.PlainCommand(["consume", "q", .. args]));

    private FiqProcess Start(params string[] args) => FiqProcess.Start(_store.PlainCommand(["consume", "q", .. args]));

    private async Task ProduceAsync(params string[] lines)
    {
        FiqResult result = await FiqProcess.RunAsync(
            _store.PlainCommand("produce", "q", "-q"), string.Join('\n', lines) + "\n");
        result.ExitCode.Should().Be(0, "{0}", result);
    }
}
