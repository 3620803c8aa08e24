using System.CommandLine;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;

namespace Fiq.Cli.Produce;

/// <summary>The arguments and options of <c>fiq produce</c>.</summary>
internal sealed class ProduceOptions
{
    public Argument<QueueName> Queue { get; } = OptionKinds.Queue();

    public Argument<string[]> Messages { get; } = new("MESSAGE")
    {
        Description = "Messages as key:message:seconds. Default: lines from stdin.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => [],
        CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
    };

    public Option<string> Input { get; } = LineInput.Option();

    public Option<bool> Raw { get; } = OptionKinds.Flag("--raw", "The same as --input raw.");

    public Option<MessageKey?> Key { get; } = OptionKinds.Parsed<MessageKey?>(
        "--key", "KEY", "The key of all messages; a text line is then message:seconds.", "none", null,
        text => MessageKey.Parse(text));

    public Option<long?> Time { get; } = OptionKinds.Parsed<long?>(
        "--time", "SECONDS", "The processing time of all messages; a text line is then key:message.", "none", null,
        ReadTime);

    public Option<string[]> Header { get; } = new("--header")
    {
        Description = "A header for all messages; may be given several times. Default: none.",
        HelpName = "NAME=VALUE",
        Arity = new ArgumentArity(1, 1000),
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
        CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
    };

    public Option<long> Priority { get; } = OptionKinds.Number(
        "--priority", "The priority of all messages: a higher one is worked on first.", 0, 0, Message.PriorityMax);

    public Option<TimeSpan?> Delay { get; } = OptionKinds.OptionalDuration(
        "--delay", "No message is worked on before so long after it was read.", "none");

    public Option<double?> Rate { get; } = OptionKinds.Rate(
        "--rate", "How many messages are stored at most, evenly: 100/s, 5/m or 20/h.", "none");

    public Option<ProducerName?> Producer { get; } = OptionKinds.Parsed<ProducerName?>(
        "--producer", "NAME", "Numbers the lines under this name, so that the same input sent again adds nothing and "
            + "a longer one only its new lines. One name stands for one input; one process at a time.",
        "none; with --file the machine and the path", null, text => ProducerName.Parse(text));

    public Option<string?> File { get; } = OptionKinds.Text(
        "--file", "PATH", "Reads the lines of a file. The queue keeps how far: interrupted and run again it goes on, "
            + "run twice it adds nothing; another file at that path begins anew.",
        "stdin");

    public Option<bool> Follow { get; } = OptionKinds.Flag(
        "--follow", "Goes on as the file grows, and with the next one when it is rotated.");

    public Option<bool> Again { get; } = OptionKinds.Flag(
        "--again", "Adds the file's lines once more, from the first.");

    public Option<string> WhenFull { get; } = OptionKinds.Choice(
        "--when-full", "What to do when the queue or the disk is full: stop at the first line that is refused, or wait "
            + "for room. With --follow the default is wait.",
        "fail", "fail", "wait");

    public void AddTo(Command command)
    {
        command.Arguments.Add(Queue);
        command.Arguments.Add(Messages);
        Option[] all =
        [
            Input, Raw, Key, Time, Header, Priority, Delay, Rate, Producer, File, Follow, Again, WhenFull,
        ];
        foreach (Option option in all) command.Options.Add(option);
    }

    /// <summary>How lines are read, once the queue's limit is known.</summary>
    public ILineFormat Format(Invocation invocation, int bodySizeMax)
    {
        MessageKey? key = invocation.Get(Key);
        long? time = invocation.Get(Time);
        MessageHeaders headers = MessageHeaders.Create(invocation.Get(Header).Select(ReadHeader));
        var urgency = new Urgency((int)invocation.Get(Priority), invocation.Get(Delay) ?? TimeSpan.Zero);
        string input = invocation.Get(Raw) ? LineInput.Raw : invocation.Get(Input);
        return LineInput.Format(input, key, time, headers, bodySizeMax, urgency);
    }

    /// <summary>Refuses what contradicts itself.</summary>
    public void Check(Invocation invocation)
    {
        if (invocation.Get(Raw) && invocation.IsGiven(Input) && invocation.Get(Input) != LineInput.Raw)
            throw OptionKinds.Wrong($"--raw contradicts --input {invocation.Get(Input)}", "Give one of them.");
        _ = MessageHeaders.Create(invocation.Get(Header).Select(ReadHeader));
        if (invocation.Get(File) is string path) CheckFile(invocation, path);
        else if (invocation.Get(Follow) || invocation.Get(Again))
            throw OptionKinds.Wrong(
                $"{(invocation.Get(Follow) ? "--follow" : "--again")} is about a file", "Name it with --file PATH.");
    }

    /// <summary>Whether to wait for room when the queue or the disk is full.</summary>
    public bool WaitsWhenFull(Invocation invocation) =>
        (invocation.IsGiven(WhenFull) ? invocation.Get(WhenFull) == "wait" : invocation.Get(Follow));

    // Before the queue is made: a mistyped path must leave nothing behind.
    private void CheckFile(Invocation invocation, string path)
    {
        if (invocation.Get(Messages).Length > 0)
            throw OptionKinds.Wrong("messages are given as arguments and with --file", "Give one of them.");
        if (!System.IO.File.Exists(path))
            throw OptionKinds.Wrong($"there is no file {Printable.Escape(path)}", "Check the path after --file.");
    }

    private static long? ReadTime(string text) =>
        SecondsText.TryParse(Encoding.UTF8.GetBytes(text), out long microseconds)
            ? microseconds
            : throw OptionKinds.Wrong(
                $"--time \"{Printable.Escape(text)}\" is not a number of seconds",
                "Allowed: 0 to 86400, with at most 6 decimals.");

    private static KeyValuePair<string, string> ReadHeader(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
            throw OptionKinds.Wrong(
                $"--header \"{Printable.Escape(text)}\" is not NAME=VALUE", "Such as --header trace=7.");
        return new(text[..sign], text[(sign + 1)..]);
    }
}
