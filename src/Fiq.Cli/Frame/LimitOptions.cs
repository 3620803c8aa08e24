using System.CommandLine;

namespace Fiq.Cli.Frame;

/// <summary>The options that say what a queue may hold and how long it keeps it.</summary>
internal sealed class LimitOptions
{
    private static readonly (string Name, string Value, string Description, string Default)[] Words =
    [
        ("maxMessages", "N|none", "Refuse new messages while so many are not settled by every group.", "none"),
        ("maxBytes", "SIZE|none", "Refuse new messages when the segments on disk would be larger than this.", "none"),
        ("maxMessageBytes", "SIZE", "The largest message body.", "16MiB"),
        ("minFreeBytes", "SIZE|none", "Refuse new messages while less than this is free on the disk.",
            "1 % of the disk, at most 64MiB"),
        ("keep", "settled|forever|AGE|SIZE",
            "How long messages are kept: until every group has settled them, at least for an age such as 7d or 12h, up "
                + "to a size such as 10GiB, or forever. Whole segments go, oldest first, when somebody produces or "
                + "consumes.", "settled"),
        ("lagging", "hold|refuse|drop-oldest",
            "When a group still needs what the age or size of --keep would let go: hold it, refuse new messages, or "
                + "drop the oldest.", "hold"),
    ];

    private readonly List<(string Name, Option<string?> Option)> _options =
    [
        .. Words.Select(word => (word.Name, OptionKinds.Parsed<string?>(
            LimitNames.Option(word.Name),
            word.Value,
            word.Description,
            $"${LimitNames.Variable(word.Name)}, else what the queue or _config.json says, else {word.Default}",
            null,
            text => Checked(word.Name, text)))),
    ];

    public void AddTo(Command command)
    {
        foreach ((_, Option<string?> option) in _options) command.Options.Add(option);
    }

    /// <summary>What was given.</summary>
    public QueueLimits Read(Invocation invocation)
    {
        QueueLimits limits = QueueLimits.None;
        foreach ((string name, Option<string?> option) in _options)
            if (invocation.Get(option) is string text) limits = LimitNames.With(limits, name, text);
        return limits;
    }

    /// <summary>What the environment says; it counts more than what a queue or the store says.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: which variable is wrong.</exception>
    public static QueueLimits FromEnvironment(Func<string, string?> environment)
    {
        QueueLimits limits = QueueLimits.None;
        foreach (string name in LimitNames.All)
        {
            string variable = LimitNames.Variable(name);
            if (environment(variable) is not { Length: > 0 } text) continue;
            try
            {
                limits = LimitNames.With(limits, name, text);
            }
            catch (FiqException error)
            {
                throw OptionKinds.Wrong(
                    $"${variable} \"{Printable.Escape(text)}\" is not allowed", error.Hint ?? $"Unset {variable}.");
            }
        }

        return limits;
    }

    private static string Checked(string name, string text)
    {
        try
        {
            LimitNames.With(QueueLimits.None, name, text);
            return text;
        }
        catch (FiqException error)
        {
            throw OptionKinds.Wrong(
                $"{LimitNames.Option(name)} \"{Printable.Escape(text)}\" is not allowed",
                error.Hint ?? $"Expected: {LimitNames.Expected(name)}.");
        }
    }
}
