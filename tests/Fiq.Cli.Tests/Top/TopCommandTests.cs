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
        long looks = 0;
        _run.Engine.Describe = _ => Described.Queue(9, Described.Group(6, 32, workers: 4, age: 5.25)) with
        {
            Syncs = 10 * ++looks,
            SyncMicroseconds = 4_120 * looks,
        };
        await _run.RunAsync("top", "orders", "--count", "2", "--interval", "1ms");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.OutputLines.Should().HaveCount(2);
        _run.OutputLines[0].Should().MatchRegex(
            "^\\{\"queue\":\"orders\",\"time\":\"[^\"]+Z\",\"messages\":9,\"records\":9,\"bytes\":1234,"
            + "\"nextOffset\":9,\"inPerSecond\":null,\"syncMilliseconds\":null,\"syncsPerSecond\":null,"
            + "\"groups\":\\[\\{\"name\":\"default\",\"ready\":6,\"leased\":0,"
            + "\"delayed\":0,\"retrying\":0,\"dead\":0,\"lag\":6,\"backlogSeconds\":32,\"oldestAgeSeconds\":5.25,"
            + "\"outPerSecond\":null,\"emptySeconds\":null,"
            + "\"consumers\":\\[\\{\"pid\":42,\"workers\":4,\"leased\":2\\}\\]\\}\\]\\}$");
        _run.OutputLines[1].Should().MatchRegex(
            "\"inPerSecond\":0,\"syncMilliseconds\":0.412,\"syncsPerSecond\":[1-9][0-9.]*,\"groups\"");
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_said_so()
    {
        await _run.RunAsync("top", "odrers", "--count", "1");
        _run.Exit.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public void The_first_line_says_how_long_a_sync_takes()
    {
        var flow = new Flow();
        FirstLine(flow.Next(Synced(0, 0), 0)).Should().Be("orders in /var/queues · -/s in · sync - · 9 kept, 1.2 KiB");
        FirstLine(flow.Next(Synced(10, 4_120), 1)).Should().Contain(" · sync 0.41 ms · ");
        FirstLine(flow.Next(Synced(12, 64_120), 2)).Should().Contain(" · sync 30 ms · ");
        FirstLine(flow.Next(Synced(12, 64_120), 3)).Should().Contain(" · sync - · ");
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

    [Fact]
    public async Task It_sees_how_long_the_syncs_of_a_producer_take()
    {
        using var store = new TemporaryStore();
        await FiqProcess.RunAsync(store.PlainCommand("produce", "q", "-q", "a:hello:0"));
        await using FiqProcess top = FiqProcess.Start(store.PlainCommand("top", "q", "--interval", "50ms"));
        await top.Output.WaitForAsync("\"syncMilliseconds\":null");
        await FiqProcess.RunAsync(store.PlainCommand("produce", "q", "-q", "a:hello:0"));
        await top.Output.WaitForMatchAsync("\"syncMilliseconds\":[0-9.]+,\"syncsPerSecond\":[1-9]");
        top.Signal(Signal.Terminate);
        (await top.EndAsync()).ExitCode.Should().Be(0);
    }

    private static QueueDescription Synced(long syncs, long microseconds) =>
        Described.Queue(9) with { Syncs = syncs, SyncMicroseconds = microseconds };

    private static string FirstLine(QueueFrame frame) =>
        FrameTable.Lines(frame, Store, width: 100, height: 24, new Ink(false))[0];
}
