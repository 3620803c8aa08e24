using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Cli.Tests.Doubles;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Top;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Top;

public sealed class TopCommandTests
{
    private static readonly StoreLocation Store = new("/var/queues", "/var/queues");

    private readonly CommandLineRun _run = new();

    [Fact]
    public async Task In_a_pipe_each_look_is_a_line_of_json_whose_members_never_change()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = _ => Described.Queue(9, Described.Group(6, 32, workers: 4, age: 5.25));
        await _run.RunAsync("top", "orders", "--count", "2", "--interval", "1ms");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.OutputLines.Should().HaveCount(2);
        _run.OutputLines[0].Should().MatchRegex(
            "^\\{\"queue\":\"orders\",\"time\":\"[^\"]+Z\",\"messages\":9,\"records\":9,\"bytes\":1234,"
            + "\"nextOffset\":9,\"inPerSecond\":null,\"groups\":\\[\\{\"name\":\"default\",\"ready\":6,\"leased\":0,"
            + "\"delayed\":0,\"retrying\":0,\"dead\":0,\"lag\":6,\"backlogSeconds\":32,\"oldestAgeSeconds\":5.25,"
            + "\"outPerSecond\":null,\"emptySeconds\":null,"
            + "\"consumers\":\\[\\{\"pid\":42,\"workers\":4,\"leased\":2\\}\\]\\}\\]\\}$");
        _run.OutputLines[1].Should().Contain("\"inPerSecond\":0,");
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_said_so()
    {
        await _run.RunAsync("top", "odrers", "--count", "1");
        _run.Exit.Should().Be(ExitCode.NotFound);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 6)]
    [InlineData(20, 1)]
    public void A_frame_fits_its_terminal_and_says_how_to_end(int width, int height)
    {
        GroupDescription[] groups =
            [.. Enumerable.Range(0, 30).Select(n => Described.Group(1_000_000 * n, 32, $"group-{n}", workers: 4))];
        QueueFrame frame = new Flow().Next(Described.Queue(1_000_000_000, groups), 0);
        IReadOnlyList<string> lines = FrameTable.Lines(frame, Store, width, height, new Ink(false));
        lines.Should().OnlyContain(line => line.Length < width).And.HaveCountLessThan(Math.Max(5, height));
        lines[^1].Should().Be("q ends");
    }

    [Fact]
    public async Task On_a_terminal_q_ends_it_and_the_terminal_is_as_it_was()
    {
        using var store = new TemporaryStore();
        await using FiqProcess terminal = FiqProcess.Start(Scripts.Terminal(
            store, "fiq produce q -q a:hello:0; export TERM=xterm; stty cols 100 rows 30; stty -a > before; "
            + "fiq top q --interval 50ms; echo rc=$?; stty -a > after; cmp before after && echo same; "
            + "rm before after"));
        await terminal.Output.WaitForAsync("q ends");
        await terminal.WriteAsync("q");
        FiqResult result = await terminal.EndAsync();
        result.Output.Text.Should().Contain("rc=0").And.Contain("same").And.Contain("\e[?25h");
        int hidden = result.Output.Text.LastIndexOf("\e[?25l", StringComparison.Ordinal);
        int shown = result.Output.Text.LastIndexOf("\e[?25h", StringComparison.Ordinal);
        hidden.Should().BeLessThan(shown, "the cursor is shown again");
    }

    [Fact]
    public async Task It_sees_what_a_consumer_does()
    {
        using var store = new TemporaryStore();
        await FiqProcess.RunAsync(store.PlainCommand("produce", "q", "-q", "a:hello:60"));
        await using FiqProcess consumer = FiqProcess.Start(store.PlainCommand("consume", "q", "-w", "3"));
        await using FiqProcess top = FiqProcess.Start(store.PlainCommand("top", "q", "--interval", "50ms"));
        await top.Output.WaitForAsync($"\"consumers\":[{{\"pid\":{consumer.Id},\"workers\":3,\"leased\":1}}]");
        top.Signal(Signal.Terminate);
        (await top.EndAsync()).ExitCode.Should().Be(0);
    }
}
