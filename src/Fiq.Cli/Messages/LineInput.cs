using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Messages;

/// <summary>The option --input: what a line of input is.</summary>
internal static class LineInput
{
    /// <summary>The line is the message itself.</summary>
    public const string Raw = "raw";

    private const string Text = "text";
    private const string Json = "json";

    public static Option<string> Option() => OptionKinds.Choice(
        "--input",
        "What a line is: text is key:message:seconds, raw is the message itself, json is an object "
            + "with key, body and time.",
        Text, Text, Raw, Json);

    /// <summary>How lines are read; a key or a time given here is that of all messages.</summary>
    public static ILineFormat Format(
        string input, MessageKey? key, long? time, MessageHeaders headers, int bodySizeMax, Urgency urgency) =>
        input switch
        {
            Raw => new RawLine(key, time, headers, bodySizeMax, urgency),
            Json => new JsonLine(key, time, headers, bodySizeMax, urgency),
            _ => new MessageLine(key, time, headers, bodySizeMax, urgency),
        };
}
