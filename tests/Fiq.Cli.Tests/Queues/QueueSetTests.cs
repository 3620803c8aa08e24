using Fiq.Cli.Frame;
using Fiq.Cli.Tests.Doubles;

namespace Fiq.Cli.Tests.Queues;

public sealed class QueueSetTests
{
    private readonly CommandLineRun _run = new();

    [Theory]
    [InlineData("set")]
    [InlineData("create")]
    public async Task Every_limit_can_be_set_and_what_is_not_named_is_not_stated(string verb)
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync(
            "queue", verb, "orders", "--max-messages", "1000", "--max-bytes", "1GiB", "--min-free-bytes", "none",
            "--keep", "7d", "--lagging", "drop-oldest");
        _run.Exit.Should().Be(ExitCode.Done, _run.Error);
        QueueLimits limits = verb == "set" ? _run.Engine.LastSet.Change : _run.Engine.LastSettings!.Limits;
        limits.Should().Be(new QueueLimits
        {
            MessagesMax = 1000,
            BytesMax = 1L << 30,
            FreeBytesMin = 0,
            Keep = new Retention(RetentionKind.Age, 7 * 86_400),
            Lagging = LaggingPolicy.DropOldest,
        });
    }

    [Theory]
    [InlineData("--max-messages", "-1", "whole number")]
    [InlineData("--max-bytes", "1KiB", "1MiB")]
    [InlineData("--keep", "sometimes", "settled, forever")]
    [InlineData("--lagging", "drop", "hold, refuse, drop-oldest")]
    public async Task A_wrong_limit_is_named_with_what_is_allowed(string option, string value, string allowed)
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync("queue", "set", "orders", option, value);
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Error.Should().Contain($"{option} \"{value}\"").And.Contain(allowed);
    }

    [Fact]
    public async Task Setting_nothing_is_an_error_unless_it_forgets_what_was_set()
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync("queue", "set", "orders");
        _run.Exit.Should().Be(ExitCode.Usage);
        await _run.RunAsync("queue", "set", "orders", "--reset");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Engine.LastSet.Should().Be((QueueLimits.None, true));
        await _run.RunAsync("queue", "set", "nowhere", "--reset");
        _run.Exit.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public async Task What_holds_now_is_said_and_its_members_never_change()
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync("queue", "set", "orders", "--reset");
        _run.Error.Should().Be("orders: keeps messages until every group has settled them\n");
        await _run.RunAsync("queue", "set", "orders", "--reset", "--json");
        _run.Output.Should().Be(
            """{"name":"orders","limits":{"maxMessages":null,"maxBytes":null,"maxMessageBytes":16777216"""
            + ""","minFreeBytes":null,"keep":"settled","lagging":"hold"}}""" + "\n");
    }

    [Fact]
    public async Task A_queue_is_paused_and_resumed_and_twice_is_no_error()
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync("queue", "pause", "orders");
        _run.Error.Should().Be("paused queue orders\n");
        await _run.RunAsync("queue", "pause", "orders");
        _run.Error.Should().Be("queue orders is paused already\n");
        await _run.RunAsync("queue", "resume", "orders", "--json");
        _run.Output.Should().Be("{\"queue\":\"orders\",\"paused\":false,\"changed\":true}\n");
    }

    [Fact]
    public void The_environment_states_limits_and_a_wrong_one_is_named()
    {
        var variables = new Dictionary<string, string?>
        {
            ["FIQ_MAX_MESSAGES"] = "12",
            ["FIQ_MAX_BYTES"] = "",
            ["FIQ_KEEP"] = "10GiB",
            ["FIQ_MIN_FREE_BYTES"] = "1",
        };
        LimitOptions.FromEnvironment(variables.GetValueOrDefault).Should().Be(new QueueLimits
        {
            MessagesMax = 12,
            Keep = new Retention(RetentionKind.Size, 10L << 30),
            FreeBytesMin = 1,
        });
        variables["FIQ_LAGGING"] = "wait";
        Action read = () => LimitOptions.FromEnvironment(variables.GetValueOrDefault);
        FiqException error = read.Should().Throw<FiqException>().Which;
        error.Code.Should().Be(ErrorCode.BadRequest);
        error.Message.Should().Contain("$FIQ_LAGGING \"wait\"");
        error.Hint.Should().Contain("drop-oldest");
    }
}
