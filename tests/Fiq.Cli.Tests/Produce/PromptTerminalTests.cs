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
