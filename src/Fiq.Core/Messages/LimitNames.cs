using System.Globalization;
using System.Text;

namespace Fiq;

/// <summary>
/// The limits by name, the same everywhere: <c>maxBytes</c> in <c>queue.json</c> and <c>_config.json</c>,
/// <c>FIQ_MAX_BYTES</c> in the environment, <c>--max-bytes</c> as an option; and their values as text.
/// </summary>
public static class LimitNames
{
    /// <summary>The name of <see cref="QueueLimits.MessageBytesMax"/>.</summary>
    public const string MaxMessageBytes = "maxMessageBytes";

    private const string Unlimited = "none";

    private static readonly string[] Policies = ["hold", "refuse", "drop-oldest"];

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["maxMessages", "maxBytes", MaxMessageBytes, "minFreeBytes", "keep", "lagging"];

    /// <summary>The variable of the environment: <c>FIQ_MAX_BYTES</c>.</summary>
    public static string Variable(string name) => "FIQ_" + Parted(name, '_').ToUpperInvariant();

    /// <summary>The option: <c>--max-bytes</c>.</summary>
    public static string Option(string name) => "--" + Parted(name, '-').ToLowerInvariant();

    /// <summary>What the values of a limit look like, for help and errors.</summary>
    public static string Expected(string name) => name switch
    {
        "maxMessages" => "a whole number, or none",
        "maxBytes" => "a size of at least 1MiB such as 512MiB or 10GiB, or none",
        MaxMessageBytes => "a size from 1B to 16MiB such as 64KiB",
        "minFreeBytes" => "a size such as 64MiB, or none",
        "keep" => "settled, forever, an age such as 7d, or a size such as 10GiB",
        "lagging" => string.Join(", ", Policies),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>The limits with one more, read from its text.</summary>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.BadRequest"/>: what it says, and what is expected instead.
    /// </exception>
    public static QueueLimits With(QueueLimits limits, string name, string text)
    {
        try
        {
            QueueLimits read = name switch
            {
                "maxMessages" => limits with { MessagesMax = Number(text) },
                "maxBytes" => limits with { BytesMax = Size(text) },
                MaxMessageBytes => limits with { MessageBytesMax = checked((int)Size(text)) },
                "minFreeBytes" => limits with { FreeBytesMin = Size(text) },
                "keep" => limits with { Keep = Retention.Parse(text) },
                "lagging" => limits with { Lagging = Policy(text) },
                _ => throw new ArgumentOutOfRangeException(nameof(name)),
            };
            read.Check();
            return read;
        }
        catch (Exception error) when (error is FiqException or FormatException or OverflowException)
        {
            string shown = Printable.Escape(text);
            throw new FiqException(
                ErrorCode.BadRequest, $"{name} \"{shown}\" is not allowed", $"Expected: {Expected(name)}.", error);
        }
    }

    /// <summary>The value as text; null when it is not stated.</summary>
    public static string? Get(QueueLimits limits, string name) => name switch
    {
        "maxMessages" => Text(limits.MessagesMax),
        "maxBytes" => Text(limits.BytesMax),
        MaxMessageBytes => Text(limits.MessageBytesMax),
        "minFreeBytes" => Text(limits.FreeBytesMin),
        "keep" => limits.Keep?.ToString(),
        "lagging" => limits.Lagging is LaggingPolicy policy ? Policies[(int)policy] : null,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => text == Unlimited
        ? 0
        : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static long Size(string text) => text == Unlimited ? 0
        : ByteSize.TryParse(text, out long bytes) ? bytes
        : throw new FormatException("no size");

    private static LaggingPolicy Policy(string text)
    {
        int index = Array.IndexOf(Policies, text);
        return index >= 0 ? (LaggingPolicy)index : throw new FormatException("no policy");
    }

    private static string Parted(string name, char mark)
    {
        var parted = new StringBuilder();
        foreach (char each in name)
        {
            if (char.IsAsciiLetterUpper(each)) parted.Append(mark);
            parted.Append(each);
        }

        return parted.ToString();
    }
}
