using System.CommandLine;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Tests.Doubles;

namespace Fiq.Cli.Tests.Frame;

public sealed class CommandLineTests
{
    private readonly CommandLineRun _run = new();

    [Fact]
    public async Task Fiq_alone_says_what_it_is_and_where_to_begin()
    {
        await _run.RunAsync();
        _run.Exit.Should().Be(ExitCode.Done);
        _run.OutputLines[0].Should().Be("fiq is a durable message queue in a folder: what it acknowledges is on disk.");
        _run.OutputLines.Where(line => line.StartsWith("  fiq ", StringComparison.Ordinal)).Should().HaveCount(3);
        _run.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task The_version_is_a_number()
    {
        await _run.RunAsync("--version");
        _run.Output.Should().MatchRegex("^fiq [0-9]+\\.[0-9]+\\.[0-9]+\n$");
        _run.Exit.Should().Be(ExitCode.Done);
    }

    [Theory]
    [InlineData("produce", "q", "-hello")]
    [InlineData("produce", "q", "-xh")]
    [InlineData("produce", "q", "--hello")]
    [InlineData("produce", "-h1")]
    [InlineData("queue", "show", "q", "-vq")]
    public async Task An_option_that_is_not_known_is_an_error_and_not_help_or_data(params string[] args)
    {
        await _run.RunAsync(args);
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Output.Should().BeEmpty();
        _run.ErrorLines.Should().HaveCount(2);
        _run.ErrorLines[0].Should().Be($"fiq: unknown option \"{args[^1]}\".");
        _run.Engine.Queues.Should().BeEmpty();
    }

    [Theory]
    [InlineData("@word")]
    [InlineData("/h")]
    [InlineData("/?")]
    [InlineData("-")]
    [InlineData("[suggest]")]
    public async Task Words_that_other_parsers_treat_as_magic_are_data(string word)
    {
        await _run.RunAsync("produce", "q", word, "--key", "a", "--time", "1");
        _run.Error.Should().Be("new queue q in ~/.local/share/fiq\n");
        _run.Output.Should().Be("acked #0 a\n");
        _run.Exit.Should().Be(ExitCode.Done);
    }

    [Fact]
    public async Task Behind_a_double_dash_everything_is_data()
    {
        await _run.RunAsync("produce", "q", "--key", "a", "--time", "1", "--", "--json", "-x");
        _run.Output.Should().Be("acked #0 a\nacked #1 a\n");
    }

    [Theory]
    [InlineData("unknown command \"prodce\"", "There is produce. See fiq --help.", "prodce")]
    [InlineData("--store needs a value", "See fiq queue list --help.", "queue", "list", "--store")]
    [InlineData("--color \"blue\" is not known", "Allowed: auto, always, never.", "ls", "--color", "blue")]
    [InlineData("--input \"xml\" is not known", "Allowed: text, raw, json.", "produce", "--input", "xml")]
    [InlineData("--input is given more than once", "See*", "produce", "--input", "raw", "--input", "raw")]
    [InlineData("\"Q\" is not a queue name", "A name has 1 to 64*", "produce", "Q")]
    [InlineData("\"_x\" is not a queue name", "A name has 1 to 64*", "queue", "show", "_x")]
    [InlineData("\"q.dead\" is reserved", "What ends in .dead holds*", "produce", "q.dead", "a:b:1")]
    [InlineData("QUEUE is missing", "See fiq queue delete --help.", "queue", "delete")]
    [InlineData("--time \"soon\" is not a number of seconds", "Allowed: 0 to 86400*", "produce", "--time", "soon")]
    [InlineData("\"a b\" is not a key", "A key has 1 to 256*", "produce", "--key", "a b")]
    [InlineData("--header \"x\" is not NAME=VALUE", "Such as --header trace=7.", "produce", "--header", "x")]
    [InlineData(
        "--from \"never\" is not a place in a queue", "Allowed: first*",
        "group", "create", "q", "g", "--from", "never")]
    [InlineData("--max-message-bytes \"17MiB\" is not allowed", "Expected: a size from 1B to 16MiB*",
        "queue", "create", "q", "--max-message-bytes", "17MiB")]
    [InlineData("unknown argument \"b\"", "See fiq queue show --help.", "queue", "show", "a", "b")]
    [InlineData("unknown argument \"./x.sh\"",
        "A command goes behind two dashes: -- COMMAND [ARG...]. See fiq consume --help.", "consume", "q", "./x.sh")]
    [InlineData("unknown argument \"cmd\"",
        "A command goes behind two dashes: -- COMMAND [ARG...]. See fiq run --help.", "run", "q", "cmd", "file")]
    [InlineData("--raw contradicts --input json", "Give one of them.", "produce", "--raw", "--input", "json")]
    public async Task Wrong_usage_is_two_lines_in_words_and_exit_2(string what, string hint, params string[] args)
    {
        await _run.RunAsync(args);
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Output.Should().BeEmpty();
        _run.ErrorLines.Should().HaveCount(2);
        _run.ErrorLines[0].Should().Be($"fiq: {what}.");
        _run.ErrorLines[1].TrimStart().Should().Match(hint);
        _run.Error.Should().NotContain("System.");
    }

    [Fact]
    public async Task An_error_as_JSON_is_one_object_on_stderr_whose_members_never_change()
    {
        await _run.RunAsync("queue", "show", "odrers", "--json");
        _run.Exit.Should().Be(ExitCode.NotFound);
        _run.Error.Should().Be(
            "{\"error\":{\"code\":\"queue-not-found\",\"exit\":4,"
            + "\"message\":\"no queue \\\"odrers\\\" in ~/.local/share/fiq\","
            + "\"hint\":\"fiq queue list shows what is there.\",\"queue\":\"odrers\"}}\n");
    }

    [Fact]
    public async Task A_queue_that_is_not_there_names_the_one_that_was_meant()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Queues["mails"] = [];
        await _run.RunAsync("queue", "show", "odrers");
        _run.Exit.Should().Be(ExitCode.NotFound);
        _run.Error.Should().Be("fiq: no queue \"odrers\" in ~/.local/share/fiq. There is \"orders\".\n");
    }

    [Theory]
    [InlineData(ErrorCode.Failed, 1)]
    [InlineData(ErrorCode.BadRequest, 2)]
    [InlineData(ErrorCode.BadLine, 3)]
    [InlineData(ErrorCode.Forbidden, 5)]
    [InlineData(ErrorCode.QueueNotFound, 4)]
    [InlineData(ErrorCode.GroupNotFound, 4)]
    [InlineData(ErrorCode.MessageNotFound, 4)]
    [InlineData(ErrorCode.QueueExistsDifferent, 6)]
    [InlineData(ErrorCode.GroupActive, 6)]
    [InlineData(ErrorCode.NotEmpty, 6)]
    [InlineData(ErrorCode.LeaseLost, 1)]
    [InlineData(ErrorCode.MessageTooLarge, 8)]
    [InlineData(ErrorCode.QueueFull, 8)]
    [InlineData(ErrorCode.DiskFull, 8)]
    [InlineData(ErrorCode.ReadOnly, 8)]
    [InlineData(ErrorCode.Busy, 6)]
    [InlineData(ErrorCode.Damaged, 7)]
    [InlineData(ErrorCode.Unknown, 1)]
    [InlineData(ErrorCode.NothingReceived, 9)]
    public async Task Every_error_has_its_exit_status(ErrorCode code, int exit)
    {
        _run.Engine.Queues["q"] = [];
        _run.Engine.Describe = _ => throw new FiqException(code, "it is so", "do this");
        await _run.RunAsync("queue", "show", "q", "--json");
        ((int)_run.Exit).Should().Be(exit);
        JsonElement error = JsonDocument.Parse(_run.Error).RootElement.GetProperty("error");
        error.GetProperty("exit").GetInt32().Should().Be(exit);
        error.GetProperty("code").GetString().Should().MatchRegex("^[a-z-]+$");
    }

    [Fact]
    public async Task What_nobody_foresaw_is_an_error_without_a_stack_unless_asked_for()
    {
        _run.Engine.Queues["q"] = [];
        _run.Engine.Describe = _ => throw new InvalidOperationException("boom");
        await _run.RunAsync("queue", "show", "q");
        _run.Exit.Should().Be(ExitCode.Failed);
        _run.ErrorLines.Should().HaveCount(2);
        _run.ErrorLines[0].Should().Contain("boom");
        await _run.RunAsync("queue", "show", "q", "-v");
        _run.Error.Should().Contain("   at ");
    }

    [Fact]
    public async Task Every_commands_help_begins_with_its_examples()
    {
        foreach (CliCommand command in AllCommands())
        {
            command.Examples.Should().NotBeEmpty(command.Name);
            string[] words = HelpPage.FullName(command).Split(' ')[1..];
            await _run.RunAsync([.. words, "--help"]);
            _run.Exit.Should().Be(ExitCode.Done);
            _run.OutputLines[0].Should().Be("  " + command.Examples[0]);
            _run.Error.Should().BeEmpty();
        }
    }

    [Fact]
    public void Every_option_with_a_value_says_its_default()
    {
        foreach (CliCommand command in AllCommands())
            foreach (Option option in command.Options.Where(option => option.Arity.MaximumNumberOfValues > 0))
                option.Description.Should().Contain("Default: ", $"{command.Name} {option.Name}").And.EndWith(".");
    }

    [Fact]
    public async Task A_command_that_only_holds_others_shows_its_help()
    {
        await _run.RunAsync("queue");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Output.Should().Contain("Usage: fiq queue COMMAND").And.Contain("  list ").And.Contain("  delete ");
    }

    internal static IEnumerable<CliCommand> AllCommands()
    {
        static IEnumerable<CliCommand> Below(Command command) =>
            command.Subcommands.OfType<CliCommand>().SelectMany(child => Below(child).Prepend(child));
        return Below(new CommandLineRun().Root);
    }
}
