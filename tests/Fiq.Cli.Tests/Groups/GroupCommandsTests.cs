using Fiq.Cli.Tests.Doubles;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Groups;

public sealed class GroupCommandsTests
{
    private readonly CommandLineRun _run = new();
    private bool _queuePaused;

    public GroupCommandsTests()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = name => new QueueDescription
        {
            Name = name,
            Messages = 6,
            Records = 9,
            Bytes = 1234,
            FirstOffset = 1,
            NextOffset = 10,
            Watermark = 10,
            Segments = 2,
            Groups =
            [
                new GroupDescription
                {
                    Name = GroupName.Default, Floor = 3, Ready = 3, Leased = 2, Delayed = 1, Retrying = 0, Lag = 6,
                    BacklogSeconds = 32, OldestAgeSeconds = 5.25, GroupPaused = true, QueuePaused = _queuePaused,
                    Trimmed = 7, StopReason = "no room",
                    Consumers = [new ConsumerDescription(42, 4, 2, 1_767_225_600_000_000)],
                },
            ],
        };
        _run.Engine.Move = () => new GroupMove(3, 9)
        {
            Skipped = 1,
            SkippedSeconds = 32,
            Repeated = 0,
            RepeatedSeconds = 0,
        };
    }

    [Fact]
    public async Task List_shows_a_line_per_group_and_who_works()
    {
        await _run.RunAsync("group", "list", "orders");
        _run.OutputLines[1].Should().MatchRegex("^default +3 +2 +1 +0 +0 +6 +32 s +5.3 s +1$");
        _run.Output.Should().Contain("  default is paused\n").And.Contain("process 42, 4 workers");
    }

    [Fact]
    public async Task Show_says_how_far_a_group_is_and_why_it_stands()
    {
        await _run.RunAsync("group", "show", "orders", "default");
        _run.Output.Should().StartWith("default of orders\n  settled   everything below offset 3\n")
            .And.Contain("6: 3 ready, 2 running, 1 delayed, 0 retrying\n")
            .And.Contain("trimmed   7 went").And.Contain("is paused").And.Contain("stopped: no room")
            .And.Contain("process 42");
        await _run.RunAsync("group", "show", "orders", "audit");
        _run.Exit.Should().Be(ExitCode.NotFound);
        _run.Error.Should().Contain("There is \"default\"");
    }

    [Fact]
    public async Task Show_says_when_it_is_the_queue_that_is_paused()
    {
        const string words = "default stands because its queue is paused";
        await _run.RunAsync("group", "show", "orders", "default");
        _run.Output.Should().NotContain(words);
        _queuePaused = true;
        await _run.RunAsync("group", "show", "orders", "default");
        _run.Output.Should().Contain(words);
    }

    [Theory]
    [InlineData("list", "orders")]
    [InlineData("show", "orders", "default")]
    public async Task The_members_of_a_shown_group_never_change(params string[] args)
    {
        await _run.RunAsync(["group", .. args, "--json"]);
        _run.Output.Should().Be(
            """
            {"name":"default","floor":3,"ready":3,"leased":2,"delayed":1,"retrying":0,"dead":0,"lag":6,
            "backlogSeconds":32,"oldestAgeSeconds":5.25,"paused":true,"queuePaused":false,"trimmed":7,
            "stopReason":"no room",
            "consumers":[{"pid":42,"host":"HOST","workers":4,"leased":2,"since":"2026-01-01T00:00:00.000000Z"}]}
            """.ReplaceLineEndings("").Replace("HOST", Environment.MachineName, StringComparison.Ordinal) + "\n");
    }

    [Fact]
    public async Task Seek_says_what_is_missed_and_needs_yes_without_a_terminal()
    {
        string[] seek = ["group", "seek", "orders", "default", "--to", "9"];
        const string words = "move group default of queue orders from #3 to #9: 1 message is skipped, 32 s of work; "
            + "no message is repeated";
        await _run.RunAsync(seek);
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Error.Should().Be($"fiq: would {words}.\n     Nothing was done; --yes does it.\n");
        await _run.RunAsync([.. seek, "--dry-run", "--json"]);
        _run.Output.Should().Be(
            """{"queue":"orders","group":"default","moved":false,"from":3,"to":9,"skipped":1,"skippedSeconds":32"""
            + ""","repeated":0,"repeatedSeconds":0}""" + "\n");
        _run.Engine.Changes.Should().BeEmpty();
        await _run.RunAsync([.. seek, "--yes"]);
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Error.Should().StartWith("moved group default of queue orders from #3 to #9");
        _run.Engine.Changes.Should().Equal("orders/default moved to Offset 9");
    }

    [Fact]
    public async Task Seek_must_be_told_where_to()
    {
        await _run.RunAsync("group", "seek", "orders", "default", "--yes");
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Error.Should().Contain("--to is missing");
    }

    [Fact]
    public async Task Delete_says_what_goes_and_needs_yes_without_a_terminal()
    {
        string[] delete = ["group", "delete", "orders", "default"];
        await _run.RunAsync(delete);
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Error.Should().StartWith(
            "fiq: would delete group default of queue orders: 6 messages not settled, 32 s of work.\n");
        await _run.RunAsync([.. delete, "--dry-run", "--json"]);
        _run.Output.Should().Be(
            "{\"queue\":\"orders\",\"group\":\"default\",\"deleted\":false,\"messages\":6,\"backlogSeconds\":32}\n");
        _run.Engine.Changes.Should().BeEmpty();
        await _run.RunAsync([.. delete, "--yes"]);
        _run.Engine.Changes.Should().Equal("orders/default deleted");
    }

    [Fact]
    public async Task A_group_is_paused_and_resumed()
    {
        await _run.RunAsync("group", "pause", "orders", "default");
        _run.Error.Should().Be("paused group default of queue orders\n");
        await _run.RunAsync("group", "resume", "orders", "default");
        _run.Engine.Changes.Should().Equal("orders/default paused True", "orders/default paused False");
    }
}
