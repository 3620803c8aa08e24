using Fiq.Cli.Tests.Doubles;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Dead;

public sealed class DeadCommandsTests
{
    private readonly CommandLineRun _run = new();

    public DeadCommandsTests()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Dead.AddRange([Letter(0, "a1", "exit 3"), Letter(1, "b2", "timed out after 5 s")]);
    }

    [Fact]
    public async Task Letters_are_listed_with_what_went_wrong()
    {
        await _run.RunAsync("dead", "list", "orders");

        _run.Output.Should().StartWith("letter  offset").And.Contain("a1").And.Contain("timed out after 5 s");
    }

    [Fact]
    public async Task A_letter_in_JSON_says_where_it_comes_from_and_what_the_message_was()
    {
        await _run.RunAsync("dead", "list", "orders", "--key", "a1", "--json");

        _run.Output.Should().Be(
            "{\"letter\":0,\"queue\":\"orders\",\"group\":\"default\",\"attempts\":5,\"error\":\"exit 3\","
                + "\"worker\":\"7/1\",\"died\":\"1970-01-01T00:00:01.000000Z\",\"offset\":10,\"key\":\"a1\","
                + "\"body\":\"hello\",\"time\":2,\"priority\":0,\"notBefore\":null,\"timestamp\":null,"
                + "\"headers\":{}}\n");
    }

    [Theory]
    [InlineData("--error", "timed", 1)]
    [InlineData("--letter", "0", 1)]
    [InlineData("--group", "audit", 0)]
    [InlineData("--older", "1h", 2)]
    public async Task Letters_are_chosen_by_what_is_known_of_them(string option, string value, int count)
    {
        await _run.RunAsync("dead", "list", "orders", option, value, "--json");

        _run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(count);
    }

    [Fact]
    public async Task A_letter_that_is_not_there_is_said_so()
    {
        await _run.RunAsync("dead", "show", "orders", "7");

        _run.Exit.Should().Be(ExitCode.NotFound);
        _run.Error.Should().Contain("no dead letter 7");
    }

    [Fact]
    public async Task Only_what_was_asked_for_goes_back()
    {
        await _run.RunAsync("dead", "retry", "orders", "--key", "b2");

        _run.Engine.Retried.Should().ContainSingle().Which.LetterOffset.Should().Be(1);
        _run.Error.Should().Be("1 dead letter back in orders\n");
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("purge")]
    public async Task Nothing_in_particular_is_not_everything(string command)
    {
        await _run.RunAsync("dead", command, "orders");

        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Engine.Dead.Should().HaveCount(2);
    }

    [Fact]
    public async Task Letters_are_thrown_away_only_with_consent()
    {
        await _run.RunAsync("dead", "purge", "orders", "--all");
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Engine.Dead.Should().HaveCount(2);

        await _run.RunAsync("dead", "purge", "orders", "--all", "--dry-run");
        _run.Engine.Dead.Should().HaveCount(2);

        await _run.RunAsync("dead", "purge", "orders", "--all", "--yes", "--json");
        _run.Engine.Dead.Should().BeEmpty();
        _run.Output.Should().EndWith("{\"queue\":\"orders\",\"purged\":2}\n");
    }

    [Theory]
    [InlineData("purge", "would throw away 2 dead letters of orders, 4 s of work\n", "--all")]
    [InlineData("purge", "would throw away 1 dead letter of orders, 2 s of work\n", "--letter", "1")]
    [InlineData("purge", "would throw away 0 dead letters of orders, 0 s of work\n", "--letter", "99")]
    [InlineData("retry", "1 dead letter would go back to orders\n", "--letter", "1")]
    public async Task A_dry_run_says_only_what_it_would_do(string command, string said, params string[] which)
    {
        await _run.RunAsync(["dead", command, "orders", "--dry-run", .. which]);

        _run.Exit.Should().Be(ExitCode.Done);
        _run.Error.Should().Be(said);
        _run.Engine.Dead.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("purge", "purged")]
    [InlineData("retry", "retried")]
    public async Task A_dry_run_as_JSON_has_the_number_that_would_go_and_says_what_it_is(string command, string member)
    {
        await _run.RunAsync("dead", command, "orders", "--all", "--dry-run", "--json");

        _run.Output.Should().Be($$"""{"queue":"orders","{{member}}":2,"dryRun":true}""" + "\n");
        _run.Engine.Dead.Should().HaveCount(2);
    }

    private static DeadLetter Letter(long number, string key, string error) => new()
    {
        LetterOffset = number,
        Queue = QueueName.Parse("orders"),
        Group = GroupName.Default,
        Offset = number + 10,
        Attempts = 5,
        Error = error,
        Worker = "7/1",
        DiedMicroseconds = 1_000_000,
        Message = new Message
        {
            Key = MessageKey.Parse(key),
            Body = "hello"u8.ToArray(),
            ProcessingMicroseconds = 2_000_000,
        },
    };
}
