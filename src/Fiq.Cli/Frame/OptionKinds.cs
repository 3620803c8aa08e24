using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Fiq.Engine;

namespace Fiq.Cli.Frame;

/// <summary>
/// The kinds of options and arguments. Each reads its own text, so that an error says what was expected in words, and
/// each says its default in its help.
/// </summary>
internal static class OptionKinds
{
    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>Any text; null when not given.</summary>
    public static Option<string?> Text(
        string name, string valueName, string description, string defaultText, params string[] aliases) =>
        Parsed<string?>(name, valueName, description, defaultText, null, text => text, aliases);

    /// <summary>One of a few words.</summary>
    public static Option<string> Choice(
        string name, string description, string defaultValue, params string[] allowed)
    {
        string words = string.Join(", ", allowed);
        return Parsed(
            name, string.Join('|', allowed), description, defaultValue, defaultValue,
            text => Array.IndexOf(allowed, text) >= 0
                ? text
                : throw Wrong($"{name} \"{Printable.Escape(text)}\" is not known", $"Allowed: {words}."));
    }

    /// <summary>A whole number.</summary>
    public static Option<long> Number(
        string name, string description, long defaultValue, long min, long max, params string[] aliases) =>
        Parsed(
            name, "N", description, defaultValue.ToString(CultureInfo.InvariantCulture), defaultValue,
            text => ReadNumber(name, text, min, max), aliases);

    /// <summary>A whole number that is not there unless given.</summary>
    public static Option<long?> OptionalNumber(
        string name, string description, string defaultText, long min, long max, params string[] aliases) =>
        Parsed<long?>(name, "N", description, defaultText, null, text => ReadNumber(name, text, min, max), aliases);

    /// <summary>A duration such as <c>500ms</c>; a bare number is seconds.</summary>
    public static Option<TimeSpan> Duration(
        string name, string description, TimeSpan defaultValue, params string[] aliases) =>
        Parsed(
            name, "DURATION", description, DurationText.Format(defaultValue), defaultValue,
            text => ReadDuration(name, text), aliases);

    /// <summary>A duration that is not there unless given.</summary>
    public static Option<TimeSpan?> OptionalDuration(
        string name, string description, string defaultText, params string[] aliases) =>
        Parsed<TimeSpan?>(
            name, "DURATION", description, defaultText, null, text => ReadDuration(name, text), aliases);

    /// <summary>Two durations, the first no longer than the second, such as <c>1s..5m</c>.</summary>
    public static Option<(TimeSpan Min, TimeSpan Max)> DurationRange(
        string name, string description, (TimeSpan Min, TimeSpan Max) defaultValue) =>
        Parsed(
            name, "MIN..MAX", description,
            $"{DurationText.Format(defaultValue.Min)}..{DurationText.Format(defaultValue.Max)}", defaultValue,
            text => text.Split("..") is [var min, var max]
                && DurationText.TryParse(min, out TimeSpan from)
                && DurationText.TryParse(max, out TimeSpan to)
                && from <= to
                ? (from, to)
                : throw Wrong(
                    $"{name} \"{Printable.Escape(text)}\" is not a range of durations",
                    "Such as 1s..5m, the shorter one first."));

    /// <summary>A rate such as <c>100/s</c>, per second; null when not given.</summary>
    public static Option<double?> Rate(string name, string description, string defaultText) =>
        Parsed<double?>(
            name, "N/UNIT", description, defaultText, null,
            text => RateText.TryParse(text, out double perSecond)
                ? perSecond
                : throw Wrong($"{name} \"{Printable.Escape(text)}\" is not a rate", "Such as 100/s, 5/m or 20/h."));

    /// <summary>A size such as <c>64KiB</c>; a bare number is bytes.</summary>
    public static Option<long> Size(string name, string description, long defaultValue, long min, long max) =>
        Parsed(
            name, "SIZE", description, SizeText.Format(defaultValue), defaultValue,
            text => SizeText.TryParse(text, out long bytes) && bytes >= min && bytes <= max
                ? bytes
                : throw Wrong(
                    $"{name} \"{Printable.Escape(text)}\" is not a size",
                    $"Such as 64KiB or 16MiB; {SizeText.Format(min)} to {SizeText.Format(max)}."));

    /// <summary>An option with its own reader; what the reader throws becomes the usage error.</summary>
    public static Option<T> Parsed<T>(
        string name, string valueName, string description, string defaultText, T defaultValue, Func<string, T> read,
        params string[] aliases) => new(name, aliases)
        {
            Description = $"{description} Default: {defaultText}.",
            HelpName = valueName,
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => Read(result, read),
        };

    /// <summary>The queue: the first argument of most commands.</summary>
    public static Argument<QueueName> Queue() => new("QUEUE")
    {
        Description = "The queue. Default: default.",
        HelpName = "QUEUE",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => QueueName.Default,
        CustomParser = result => Read(result, WorkQueue),
    };

    /// <summary>The queue, for commands that only look: dead letters can be looked at too.</summary>
    public static Argument<QueueName> AnyQueue()
    {
        Argument<QueueName> queue = Queue();
        queue.CustomParser = result => Read(result, QueueName.Parse);
        return queue;
    }

    /// <summary>A queue that need not be named, for commands that work without one.</summary>
    public static Argument<QueueName?> QueueIfAny(string description) => new("QUEUE")
    {
        Description = description,
        HelpName = "QUEUE",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => Read<QueueName?>(result, text => QueueName.Parse(text)),
    };

    /// <summary>A queue to work on that need not be named.</summary>
    public static Argument<QueueName?> WorkQueueIfAny(string description)
    {
        Argument<QueueName?> queue = QueueIfAny(description);
        queue.CustomParser = result => Read<QueueName?>(result, text => WorkQueue(text));
        return queue;
    }

    /// <summary>The queue, for commands that must be told which.</summary>
    public static Argument<QueueName> RequiredQueue() => new("QUEUE")
    {
        Description = "The queue.",
        HelpName = "QUEUE",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Read(result, WorkQueue),
    };

    /// <summary>The group, for commands that must be told which.</summary>
    public static Argument<GroupName> RequiredGroup() => new("GROUP")
    {
        Description = "The group.",
        HelpName = "GROUP",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Read(result, GroupName.Parse),
    };

    /// <summary>The group to work for.</summary>
    public static Option<GroupName> Group() => Parsed(
        "--group", "NAME", "The group whose progress counts.", "default", GroupName.Default, GroupName.Parse);

    /// <summary>Where a new group begins.</summary>
    public static Option<StartPosition?> From() => Parsed<StartPosition?>(
        "--from", "first|last|OFFSET|TIME", "Where a new group begins.", "first", null,
        text => StartText.Parse("--from", text));

    /// <summary>Runs a reader over the one token of an option or argument.</summary>
    public static T Read<T>(ArgumentResult result, Func<string, T> read)
    {
        try
        {
            return read(result.Tokens[0].Value);
        }
        catch (FiqException error)
        {
            result.AddError(error.Hint is null ? error.Message : $"{error.Message}\n{error.Hint}");
            return default!;
        }
    }

    /// <summary>A wrong value: what is wrong, and what is allowed.</summary>
    public static FiqException Wrong(string what, string hint) => new(ErrorCode.BadRequest, what, hint);

    private static QueueName WorkQueue(string text)
    {
        QueueName queue = QueueName.Parse(text);
        return queue.IsDead
            ? throw Wrong($"\"{queue}\" is reserved", $"What ends in {QueueName.DeadSuffix} holds dead letters only.")
            : queue;
    }

    private static long ReadNumber(string name, string text, long min, long max) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value >= min && value <= max
            ? value
            : throw Wrong(
                $"{name} \"{Printable.Escape(text)}\" is not a whole number in range",
                string.Create(CultureInfo.InvariantCulture, $"Allowed: {min} to {max}."));

    private static TimeSpan ReadDuration(string name, string text) =>
        DurationText.TryParse(text, out TimeSpan value)
            ? value
            : throw Wrong(
                $"{name} \"{Printable.Escape(text)}\" is not a duration",
                "Such as 500ms, 2s, 5m or 1h; a bare number is seconds.");
}
