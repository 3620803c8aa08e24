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

    public Option<string> Input { get; } = OptionKinds.Choice(
        "--input",
        "What a line is: text is key:message:seconds, raw is the message itself, json is an object "
            + "with key, body and time.",
        "text", "text", "raw", "json");

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

    public void AddTo(Command command)
    {
        command.Arguments.Add(Queue);
        command.Arguments.Add(Messages);
        foreach (Option option in new Option[] { Input, Raw, Key, Time, Header }) command.Options.Add(option);
    }

    /// <summary>How lines are read, once the queue's limit is known.</summary>
    public ILineFormat Format(Invocation invocation, int bodySizeMax)
    {
        MessageKey? key = invocation.Get(Key);
        long? time = invocation.Get(Time);
        MessageHeaders headers = MessageHeaders.Create(invocation.Get(Header).Select(ReadHeader));
        return (invocation.Get(Raw) ? "raw" : invocation.Get(Input)) switch
        {
            "raw" => new RawLine(key, time, headers, bodySizeMax),
            "json" => new JsonLine(key, time, headers, bodySizeMax),
            _ => new MessageLine(key, time, headers, bodySizeMax),
        };
    }

    /// <summary>Refuses what contradicts itself.</summary>
    public void Check(Invocation invocation)
    {
        if (invocation.Get(Raw) && invocation.IsGiven(Input) && invocation.Get(Input) != "raw")
            throw OptionKinds.Wrong($"--raw contradicts --input {invocation.Get(Input)}", "Give one of them.");
        _ = MessageHeaders.Create(invocation.Get(Header).Select(ReadHeader));
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
