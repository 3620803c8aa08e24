using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Run;

public sealed class RunCommandTests : IDisposable
{
    private const string Lines = "a:1:0\nb:2:0\nc:3:0\n";
    private const string Key = "echo $FIQ_KEY";

    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_private_queue_is_removed_when_it_is_drained()
    {
        FiqResult result = await RunAsync(Lines, 0, "-w", "2", "--exec", Key);
        result.Output.Lines.Should().BeEquivalentTo("a", "b", "c");
        result.Errors.Text.Should().Contain("3 done in ");
        Queues().Should().BeEmpty();
    }

    [Fact]
    public async Task A_private_queue_with_dead_letters_is_kept_and_named()
    {
        FiqResult result = await RunAsync(Lines, 3, "--exec", "test $FIQ_KEY != b || exit 65");
        string queue = Queues().Should().HaveCount(2).And.Contain(name => name.EndsWith(".dead")).And.Subject.First();
        result.Errors.Text.Should().Contain($"and {queue} is kept: fiq dead list {queue} shows them");
        FiqResult letters = await FiqProcess.RunAsync(_store.PlainCommand("dead", "list", queue, "--json"));
        letters.Output.Lines.Should().ContainSingle().Which.Should().Contain("\"b\"");
    }

    [Fact]
    public async Task The_work_begins_with_the_first_lines_and_ends_with_the_input()
    {
        await using FiqProcess run = FiqProcess.Start(_store.PlainCommand("run", "--exec", Key));
        await run.WriteAsync("a:1:0\nb:2:0\n");
        await run.Output.WaitForCountAsync(1);
        await run.WriteAsync("c:3:0");
        run.EndInput();
        FiqResult result = await run.EndAsync();
        (result.ExitCode, result.Output.Lines[0]).Should().Be((0, "a"));
        result.Output.Lines.Order().Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task Once_all_is_done_the_same_input_works_again()
    {
        foreach (string input in (string[])[Lines, Lines, Lines.TrimEnd(), "z:1:0\n"])
        {
            FiqResult result = await RunAsync(input, 0, "q", "--exec", Key);
            result.Output.Lines.Should().Equal(input == "z:1:0\n" ? ["z"] : ["a", "b", "c"]);
        }
    }

    [Theory]
    [InlineData("a:1:0\nb:2:0\nd:3:0\n")]
    [InlineData("a:1:0\nb:2:0\n")]
    [InlineData("a:1:0\nb:2:0\nc:3:0\nd:4:0\n")]
    [InlineData("")]
    public async Task Other_input_is_refused_while_a_run_is_unfinished(string other)
    {
        await LeaveUnfinishedAsync();
        FiqResult refused = await RunAsync(other, 6, "q", "--exec", Key);
        refused.Output.Lines.Should().BeEmpty();
        refused.Errors.Text.Should().Contain("queue \"q\" has an unfinished run of other input").And.Contain("--new");
        // With and without its last line break it is the same input.
        FiqResult same = await RunAsync(Lines.TrimEnd(), 0, "q", "--exec", Key);
        same.Output.Lines.Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task New_begins_with_other_input_and_works_off_what_still_waits()
    {
        await LeaveUnfinishedAsync();
        FiqResult result = await RunAsync("x:1:0\ny:2:0\n", 0, "q", "--new", "--exec", Key);
        result.Output.Lines.Should().Equal("a", "b", "c", "x", "y");
        (await RunAsync("x:1:0\n", 0, "q", "--exec", Key)).Output.Lines.Should().Equal("x");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 130)]
    public async Task Interrupted_a_run_says_the_command_that_goes_on(bool byCtrlC, int exit)
    {
        const string command = "test -e go || sleep 1000; echo \"it's done\" > $FIQ_KEY.txt";
        await File.WriteAllTextAsync(Path.Combine(_store.Path, "input"), Lines);
        await using FiqProcess run = FiqProcess.Start(
            _store.PlainCommand("run", "--workers", "2", "--grace", "0s", "--exec", command));
        await run.WriteAsync(Lines);
        run.EndInput();
        string queue = await UntilStoredAsync(3);
        run.Signal(byCtrlC ? Signal.Interrupt : Signal.Terminate);
        FiqResult result = await run.EndAsync();
        result.ExitCode.Should().Be(exit, "{0}", result);
        string said = result.Errors.Lines[^1];
        said.Should().StartWith($"not finished; fiq run {queue} --workers 2 --grace 0s --exec 'test -e go");
        string again = said["not finished; ".Length..^" goes on".Length].Replace("the same input", "input");
        await File.WriteAllTextAsync(Path.Combine(_store.Path, "go"), "");
        ShellResult next = await Shell.RunAsync(_store, again);
        next.ExitCode.Should().Be(0, "{0}", next);
        Directory.GetFiles(_store.Path, "*.txt").Should().HaveCount(3);
        Queues().Should().BeEmpty("it was private");
    }

    [Fact]
    public async Task What_ran_in_killed_runs_is_worked_on_again_and_not_dead_however_few_attempts_are_allowed()
    {
        FiqCommand command = _store.PlainCommand(
            "run", "q", "--max-attempts", "1", "--exec", $"echo started; test -e {_store.Path}/go || sleep 1000");
        for (int kill = 0; kill < 3; kill++)
        {
            await using FiqProcess run = FiqProcess.Start(command);
            await run.WriteAsync(Lines);
            run.EndInput();
            await run.Output.WaitForAsync("started");
            run.Kill();
            await run.EndAsync();
        }

        await File.WriteAllTextAsync(Path.Combine(_store.Path, "go"), "");
        FiqResult last = await FiqProcess.RunAsync(command, Lines);
        last.ExitCode.Should().Be(0, "{0}", last);
        last.Errors.Text.Should().Contain("3 done in ");
        await RunAsync(Lines, 3, "q", "--max-attempts", "1", "--exec", "test $FIQ_KEY != b");
    }

    [Fact]
    public async Task Refused_lines_are_said_once_and_counted_again()
    {
        const string input = "a:1:0\nbad\nb:2:0\n\n";
        FiqResult first = await RunAsync(input, 1, "q", "--exec", "test $FIQ_KEY = a || exit 255");
        first.Errors.Lines.Count(line => line.StartsWith("line ")).Should().Be(2, "{0}", first);
        FiqResult second = await RunAsync(input, 3, "q", "--exec", Key);
        second.Errors.Text.Should().NotContain("line 2:").And.Contain(" · 2 lines not stored");
        second.Output.Lines.Should().Equal("b");
    }

    [Theory]
    [InlineData("a:1:0\nb:2:0\na:3:0\n")]
    [InlineData("a:1:0\nb:2:0\na:3:0\nbad\nb:4:0")]
    public async Task An_input_whose_last_keys_are_known_to_the_queue_ends_like_any_other(string input)
    {
        int exit = input.Contains("bad") ? 3 : 0;
        (await FiqProcess.RunAsync(_store.PlainCommand("queue", "create", "q", "--unique-keys", "--window", "1h")))
            .ExitCode.Should().Be(0);
        (await RunAsync(input, exit, "q", "--exec", Key)).Output.Lines.Should().Equal("a", "b");
        FiqResult again = await RunAsync(input, exit, "q", "--exec", Key);
        again.Errors.Text.Should().Contain("0 done").And.NotContain("an unfinished run");
        // Interrupted before its work was done, it ends the same way.
        string other = input.Replace('a', 'x').Replace("b:", "y:");
        other = other.Replace("bxd", "bad");
        await RunAsync(other, 1, "q", "--exec", "exit 255");
        (await RunAsync(other, exit, "q", "--exec", Key)).Output.Lines.Should().Equal("x", "y");
        (await RunAsync("z:1:0\n", 0, "q", "--exec", Key)).Output.Lines.Should().Equal("z");
    }

    [Fact]
    public async Task A_resumed_run_remembers_who_died_before()
    {
        await RunAsync(Lines, 1, "q", "--exec", "test $FIQ_KEY = a && exit 65; exit 255");
        FiqResult second = await RunAsync(Lines, 3, "q", "--exec", Key);
        second.Output.Lines.Should().Equal("b", "c");
        second.Errors.Text.Should().Contain("some messages are dead: fiq dead list q shows them");
        await RunAsync(Lines, 0, "q", "--exec", Key);
    }

    [Fact]
    public async Task An_empty_input_ends_at_once_and_leaves_nothing()
    {
        (await RunAsync("", 0)).Errors.Text.Should().Contain("0 done");
        (await RunAsync("exit\nmore\n", 3)).Errors.Text.Should().Contain("exit in line 1 ended the input");
        Queues().Should().BeEmpty();
    }

    [Fact]
    public async Task A_run_waits_for_room_that_its_work_makes_and_for_messages_whose_time_has_not_come()
    {
        (await FiqProcess.RunAsync(_store.PlainCommand("queue", "create", "q", "--max-messages", "2")))
            .ExitCode.Should().Be(0);
        string lines = string.Concat(Enumerable.Range(0, 6).Select(_ => "{\"key\":\"a\",\"body\":\"m\"}\n"));
        string later = DateTime.UtcNow.AddSeconds(1).ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        FiqResult result = await RunAsync(
            lines + $"{{\"key\":\"later\",\"body\":\"m\",\"notBefore\":\"{later}\"}}", 0,
            "q", "--input", "json", "--exec", Key);
        result.Output.Lines.Should().HaveCount(7).And.EndWith("later");
    }

    private async Task LeaveUnfinishedAsync()
    {
        FiqResult result = await RunAsync(Lines, 1, "q", "--exec", "sleep 0.3; exit 255");
        result.Errors.Text.Should().Contain("not finished; fiq run q --exec");
        (await _store.ShowAsync("q")).GetProperty("messages").GetInt64().Should().Be(3);
    }

    private async Task<string> UntilStoredAsync(long count)
    {
        while (true)
        {
            if (Queues().FirstOrDefault() is string queue
                && (await FiqProcess.RunAsync(_store.PlainCommand("queue", "show", queue))).ExitCode == 0
                && (await _store.ShowAsync(queue)).GetProperty("messages").GetInt64() == count)
                return queue;
        }
    }

    private IEnumerable<string> Queues() =>
        Directory.GetDirectories(_store.Path).Select(path => Path.GetFileName(path)!)
            .Where(name => name[0] is not ('.' or '_')).Order();

    private async Task<FiqResult> RunAsync(string input, int exit, params string[] arguments)
    {
        FiqResult result = await FiqProcess.RunAsync(_store.PlainCommand(["run", .. arguments]), input);
        result.ExitCode.Should().Be(exit, "{0}", result);
        return result;
    }
}
