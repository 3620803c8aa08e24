using System.Text.RegularExpressions;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Produce;

/// <summary>The real binary on a real pseudo-terminal.</summary>
public sealed class PromptTerminalTests : IDisposable
{
    private const char ControlC = '\x03';
    private const char ControlD = '\x04';

    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task A_person_types_lines_and_sees_each_acknowledged()
    {
        ShellResult result = await Shell.RunOnTerminalAsync(
            _store, "fiq produce orders", "a1:hello:2\nhello\nexit\n");
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Should()
            .Contain($"new queue orders in {_store.Path} · type key:message:seconds · exit or Ctrl-D ends")
            .And.MatchRegex("acked #0 a1  \"hello\"  2 s  synced in [0-9.]+ ms\n")
            .And.Contain("not stored: no processing time (expected key:message:seconds, such as a1:hello:2)\n")
            .And.EndWith("1 acked, 1 not stored. Next: fiq consume orders --workers 4\n");
    }

    [Fact]
    public async Task Ctrl_D_ends_the_conversation()
    {
        ShellResult result = await Shell.RunOnTerminalAsync(_store, "fiq produce orders", $"a1:hello:2\n{ControlD}");
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Should().EndWith("orders> \n1 acked. Next: fiq consume orders --workers 4\n");
    }

    [Fact]
    public async Task After_Ctrl_C_the_process_ends_by_the_signal_so_that_a_loop_around_it_stops()
    {
        var terminal = new FiqCommand(_store.Path, "-qec", $"{FiqBinary.Plain} produce orders", "/dev/null")
        {
            Binary = "script",
        };
        await using FiqProcess process = FiqProcess.Start(terminal);
        await process.WriteAsync("a1:hello:2\n");
        await process.Output.WaitForAsync("acked #0 a1");
        await process.WriteAsync($"{ControlC}");
        FiqResult result = await process.EndAsync();
        result.Output.Text.Should().Contain("1 acked. Next:");
        result.ExitCode.Should().Be(128 + (int)Signal.Interrupt, "{0}", result);
    }

    [Fact]
    public async Task With_a_name_typed_lines_are_new_each_time_and_go_on_behind_those_before()
    {
        foreach (int first in (int[])[0, 2])
        {
            ShellResult result = await Shell.RunOnTerminalAsync(
                _store, "fiq produce orders --producer ann", "a1:hello:2\na1:hello:2\nexit\n");
            result.ExitCode.Should().Be(0, "{0}", result);
            result.Output.Should().Contain($"acked #{first} a1").And.Contain($"acked #{first + 1} a1")
                .And.NotContain("stored before").And.Contain("2 acked.");
        }
    }

    [Fact]
    public async Task While_a_name_is_held_at_a_prompt_another_process_of_it_is_refused()
    {
        string script = $"{FiqBinary.Plain} produce orders --producer ann";
        var terminal = new FiqCommand(_store.Path, "-qec", script, "/dev/null")
        {
            Binary = "script",
        };
        await using FiqProcess held = FiqProcess.Start(terminal);
        await held.WriteAsync("a1:hello:2\n");
        await held.Output.WaitForAsync("acked #0 a1");
        FiqResult other = await FiqProcess.RunAsync(
            _store.Command("produce", "orders", "--producer", "ann"), "b:x:1\n");
        other.ExitCode.Should().Be(6, "{0}", other);
        other.Errors.Text.Should().Contain("producer \"ann\" is held by process ");
        await held.WriteAsync("exit\n");
        (await held.EndAsync()).ExitCode.Should().Be(0);
        (await FiqProcess.RunAsync(_store.Command("produce", "orders", "--producer", "ann"), "c:x:1\nd:x:1\n"))
            .Output.Lines.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_file_shows_its_progress_in_one_line_that_is_gone_at_the_end()
    {
        string input = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"k{i}:m:0\n"));
        await File.WriteAllTextAsync(Path.Combine(_store.Path, "input.txt"), input);
        ShellResult shown = await Shell.RunOnTerminalAsync(
            _store, "fiq produce orders --file input.txt --rate 4000/s", "");
        shown.ExitCode.Should().Be(0, "{0}", shown);
        string[] frames = shown.Output.Split("\r\x1b[K");
        frames[0].Should().Be($"new queue orders in {_store.Path}\n");
        frames[1..^1].Should().HaveCountGreaterThan(2).And.OnlyContain(frame => Regex.IsMatch(
            frame, "^input.txt  ( ?[ 0-9]{1,3}) % [█░]{20}  [0-9,]+ lines  [0-9,]+/s$"));
        frames[^1].Should().StartWith("2,000 acked in ").And.NotContain("acked #", "there is the progress instead");
        ShellResult quiet = await Shell.RunOnTerminalAsync(
            _store, "fiq produce orders --file input.txt --again -q", "");
        (quiet.ExitCode, quiet.Output).Should().Be((0, ""));
    }

    [Theory]
    [InlineData("n\n", "nothing was done", 1)]
    [InlineData("y\n", "deleted orders: 1 messages not settled", 0)]
    public async Task Delete_asks_before_it_acts(string answer, string said, int left)
    {
        await FiqProcess.RunAsync(_store.Command("produce", "orders", "a1:hello:2"));
        ShellResult result = await Shell.RunOnTerminalAsync(_store, "fiq queue delete orders", answer);
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Should().Contain("Go on? [y/N]").And.Contain(said);
        FiqResult list = await FiqProcess.RunAsync(_store.Command("ls", "--json"));
        list.Output.Lines.Should().HaveCount(left);
    }

    public void Dispose() => _store.Dispose();
}
