using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Consume;

public sealed class ConsumeTerminalTests : IDisposable
{
    private const string CtrlC = "\u0003";
    private const string CtrlZ = "\u001a";

    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_person_types_exit()
    {
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(_store, "fiq consume q; echo rc=$?"));
        await terminal.Output.WaitForAsync("exit or Ctrl-C stops");
        await terminal.WriteAsync("exit\n");
        await terminal.Output.WaitForAsync("rc=0");
    }

    [Fact]
    public async Task Ctrl_C_drains_and_ends_the_loop_around_it()
    {
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(
            _store, "fiq produce q -q a:hello:5; while true; do fiq consume q; echo looped; done"));
        await terminal.Output.WaitForAsync("exit or Ctrl-C stops");
        while ((await _store.ShowAsync("q")).GetProperty("groups")[0].GetProperty("leased").GetInt64() == 0)
            await Task.Delay(20);
        await terminal.WriteAsync(CtrlC);
        FiqResult result = await terminal.EndAsync();
        result.Output.Text.Should().Contain("done #0 a \"hello\"").And.Contain("finishing 1 message")
            .And.NotContain("looped");
    }

    [Fact]
    public async Task In_the_background_it_works_and_leaves_what_is_typed_to_the_shell()
    {
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(
            _store,
            "set -m; fiq consume q & read x; echo \"shell got $x\"; fiq produce q -q a:hello:0; read y; "
            + "kill -TERM %1; wait %1; echo rc=$?"));
        await terminal.Output.WaitForAsync("stops");
        await terminal.WriteAsync("exit\n");
        await terminal.Output.WaitForAsync("shell got exit");
        await terminal.Output.WaitForAsync("done #0 a \"hello\"");
        await terminal.WriteAsync("\n");
        await terminal.Output.WaitForAsync("rc=0");
    }

    [Fact]
    public async Task Stopped_and_sent_to_the_background_it_goes_on_and_back_in_front_it_reads_again()
    {
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(
            _store,
            "set -m; fiq consume q; bg; fiq produce q -q a:hello:0; read x; echo \"shell got $x\"; fg; echo rc=$?"));
        await terminal.Output.WaitForAsync("stops");
        await terminal.WriteAsync(CtrlZ);
        await terminal.Output.WaitForAsync("done #0 a \"hello\"");
        await terminal.WriteAsync("one\n");
        await terminal.Output.WaitForAsync("shell got one");
        await terminal.WriteAsync("exit\n");
        await terminal.Output.WaitForAsync("rc=0");
    }

    [Fact]
    public async Task On_a_terminal_a_body_can_not_do_harm_and_fits_the_line()
    {
        string script = "stty cols 60; head -c 500 /dev/zero | tr '\\0' x | fiq produce q -q --raw; "
            + "printf '\\033[2Jx\\n' | fiq produce q -q --raw; fiq consume q --until-empty --color never";
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(_store, script));
        FiqResult result = await terminal.EndAsync();
        string[] done = [.. result.Output.Lines.Where(line => line.Contains("done #")).Select(line => line.TrimEnd())];
        done[0].Length.Should().BeLessThan(60);
        done[1].Should().Contain("\"\\x1b[2Jx\"");
    }
}
