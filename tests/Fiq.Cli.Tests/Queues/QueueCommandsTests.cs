using System.Text;
using System.Text.Json;
using Fiq.Cli.Tests.Doubles;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Queues;

public sealed class QueueCommandsTests
{
    private readonly CommandLineRun _run = new();

    [Theory]
    [InlineData("queue", "list")]
    [InlineData("ls")]
    public async Task List_shows_one_line_per_queue(params string[] args)
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Queues["mails"] = [];
        _run.Engine.Describe = Example;
        await _run.RunAsync(args);
        _run.Exit.Should().Be(ExitCode.Done);
        _run.OutputLines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
            .Should().Equal("queue", "mails", "orders");
        _run.OutputLines[2].Should().MatchRegex("^orders +4 +2 +0 +32 s +5.3 s +1.2 KiB +audit default$");
    }

    [Fact]
    public async Task An_empty_store_is_no_error()
    {
        await _run.RunAsync("ls");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Error.Should().Be("no queue in ~/.local/share/fiq yet\n");
    }

    [Fact]
    public async Task A_damaged_queue_does_not_hide_the_others()
    {
        _run.Engine.Queues["a"] = [];
        _run.Engine.Queues["b"] = [];
        _run.Engine.Describe = name => name.ToString() == "a"
            ? throw new FiqException(ErrorCode.Damaged, "a is damaged")
            : Example(name);
        await _run.RunAsync("ls");
        _run.Exit.Should().Be(ExitCode.Damaged);
        _run.Output.Should().Contain("\nb ");
        _run.Error.Should().Be("fiq: a is damaged.\n");
    }

    [Fact]
    public async Task The_members_of_a_shown_queue_never_change()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = Example;
        await _run.RunAsync("queue", "show", "orders", "--json");
        string host = Environment.MachineName;
        _run.Output.Should().Be(
            """{"name":"orders","messages":6,"records":9,"bytes":1234,"firstOffset":1,"nextOffset":10,"watermark":10"""
            + ""","segments":2,"backlogSeconds":32,"oldestAgeSeconds":5.25,"readOnlyReason":null"""
            + ""","paused":false,"uniqueKeyMicroseconds":null,"uniqueKeyMessages":null"""
            + ""","limits":{"maxMessages":null,"maxBytes":null,"maxMessageBytes":16777216"""
            + ""","minFreeBytes":null,"keep":"settled","lagging":"hold"},"lost":[],"groups":["""
            + """{"name":"audit","floor":10,"ready":0,"leased":0,"delayed":0,"retrying":0,"dead":0,"lag":0"""
            + ""","backlogSeconds":0,"oldestAgeSeconds":null,"paused":false,"queuePaused":false,"trimmed":0"""
            + ""","stopReason":null,"consumers":[]},"""
            + """{"name":"default","floor":3,"ready":3,"leased":2,"delayed":1,"retrying":0,"dead":0,"lag":6"""
            + ""","backlogSeconds":32,"oldestAgeSeconds":5.25,"paused":false,"queuePaused":false,"trimmed":0"""
            + ""","stopReason":null,"consumers":["""
            + """{"pid":42,"host":"HOST","workers":4,"leased":2,"since":"2026-01-01T00:00:00.000000Z"}]}]}"""
                .Replace("HOST", host, StringComparison.Ordinal) + "\n");
    }

    [Fact]
    public async Task Show_prints_the_groups_and_who_works()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = Example;
        await _run.RunAsync("queue", "show", "orders");
        _run.Output.Should().StartWith(
            "orders in ~/.local/share/fiq\n  messages  6 not settled by every group, 9 kept\n");
        _run.OutputLines.Should().ContainSingle(line => line.StartsWith("default ", StringComparison.Ordinal));
        _run.Output.Should().Contain("  default: process 42, 4 workers, 2 taken, since 2026-01-01T00:00:00.000000Z\n");
    }

    [Theory]
    [InlineData(3_600_000_000, 0, "1h")]
    [InlineData(0, 1, "message")]
    [InlineData(0, 1_000, "1,000 messages")]
    public async Task Show_says_among_what_keys_are_unique(long microseconds, long messages, string window)
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = name => Example(name) with { UniqueKeys = new UniqueKeyWindow(microseconds, messages) };
        await _run.RunAsync("queue", "show", "orders");
        _run.OutputLines.Should().Contain($"  keys      unique among the last {window}");
        await _run.RunAsync("queue", "show", "orders", "--json");
        _run.Output.Should().Contain(
            $"\"uniqueKeyMicroseconds\":{microseconds},\"uniqueKeyMessages\":{messages},");
        _run.Engine.Describe = Example;
        await _run.RunAsync("queue", "show", "orders");
        _run.Output.Should().NotContain("unique");
    }

    [Fact]
    public async Task Create_is_said_once_and_is_no_error_again()
    {
        await _run.RunAsync("queue", "create", "mails", "--max-message-bytes", "64KiB", "--json");
        _run.Output.Should().Be("{\"name\":\"mails\",\"created\":true}\n");
        _run.Engine.LastSettings!.Limits.MessageBytesMax.Should().Be(65_536);
        await _run.RunAsync("queue", "create", "mails");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Error.Should().Be("queue mails in ~/.local/share/fiq is there already\n");
    }

    [Fact]
    public async Task A_group_is_created_where_it_shall_begin()
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync("group", "create", "orders", "audit", "--from", "17");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Engine.Groups.Should().Equal(("orders", "audit", StartPosition.At(17)));
        await _run.RunAsync("group", "create", "none", "audit");
        _run.Exit.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public async Task Without_a_terminal_delete_needs_yes()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = Example;
        await _run.RunAsync("queue", "delete", "orders");
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Engine.Queues.Should().ContainKey("orders");
        _run.Error.Should().Be(
            "fiq: would delete orders in ~/.local/share/fiq: 6 messages not settled, 1.2 KiB on disk, 32 s of work.\n"
            + "     Nothing was done; --yes does it.\n");
        await _run.RunAsync("queue", "delete", "orders", "--yes");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Engine.Queues.Should().BeEmpty();
    }

    [Fact]
    public async Task A_dry_run_only_says_what_would_go()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = Example;
        await _run.RunAsync("queue", "delete", "orders", "--dry-run", "--json");
        _run.Output.Should().Be(
            "{\"name\":\"orders\",\"deleted\":false,\"messages\":6,\"bytes\":1234,\"backlogSeconds\":32}\n");
        _run.Engine.Queues.Should().ContainKey("orders");
    }

    [Fact]
    public async Task A_dry_run_of_a_purge_has_the_number_that_would_go()
    {
        _run.Engine.Queues["orders"] = [new Message { Key = MessageKey.Parse("a") }];
        _run.Engine.Describe = Example;
        await _run.RunAsync("queue", "purge", "orders", "--dry-run", "--json");
        _run.Output.Should().Be("{\"name\":\"orders\",\"purged\":4,\"dryRun\":true}\n");
        _run.Engine.Queues["orders"].Should().HaveCount(1);
    }

    [Theory]
    [InlineData("y\n", false)]
    [InlineData("Yes\n", false)]
    [InlineData("\n", true)]
    [InlineData("", true)]
    [InlineData("no\n", true)]
    public async Task On_a_terminal_delete_asks(string answer, bool kept)
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = Example;
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(answer));
        await _run.RunAsync(input, ["queue", "delete", "orders"], terminal: true);
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Engine.Queues.ContainsKey("orders").Should().Be(kept);
    }

    [Fact]
    public async Task Each_JSON_line_of_a_list_is_one_queue()
    {
        _run.Engine.Queues["a"] = [];
        _run.Engine.Queues["b"] = [];
        await _run.RunAsync("ls", "--json");
        _run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString())
            .Should().Equal("a", "b");
    }

    private static QueueDescription Example(QueueName name) => new()
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
                Name = GroupName.Parse("audit"), Floor = 10, Ready = 0, Leased = 0, Delayed = 0, Retrying = 0, Lag = 0,
                BacklogSeconds = 0, Consumers = [],
            },
            new GroupDescription
            {
                Name = GroupName.Default, Floor = 3, Ready = 3, Leased = 2, Delayed = 1, Retrying = 0, Lag = 6,
                BacklogSeconds = 32, OldestAgeSeconds = 5.25,
                Consumers = [new ConsumerDescription(42, 4, 2, 1_767_225_600_000_000)],
            },
        ],
    };
}
