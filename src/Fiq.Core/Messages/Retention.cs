using System.Globalization;

namespace Fiq;

/// <summary>What decides how long messages are kept.</summary>
public enum RetentionKind
{
    /// <summary>Until every group has settled them; with no group for ever.</summary>
    Settled,

    /// <summary>
    /// At least for a time after they were stored, settled or not; then until somebody produces or consumes.
    /// </summary>
    Age,

    /// <summary>As long as all of them together are not larger than a size.</summary>
    Size,

    /// <summary>For ever.</summary>
    Forever,
}

/// <summary>How long messages are kept. Whole segments go, oldest first; the last one always stays.</summary>
/// <param name="Kind">What decides.</param>
/// <param name="Value">The age in seconds, or the size in bytes; otherwise 0.</param>
public readonly record struct Retention(RetentionKind Kind, long Value)
{
    /// <summary>The smallest size: below it there would be no room for segments to go one by one. 1 MiB.</summary>
    public const long SizeMin = 1024 * 1024;

    /// <summary>The largest size: 1 PiB.</summary>
    public const long SizeMax = 1L << 50;

    // A century: far from every overflow in microseconds.
    private const long AgeMax = 100L * 365 * 86_400;

    private static readonly (string Suffix, long Seconds)[] Ages =
        [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

    /// <summary>Until every group has settled them.</summary>
    public static Retention UntilSettled => new(RetentionKind.Settled, 0);

    /// <summary>For ever.</summary>
    public static Retention Forever => new(RetentionKind.Forever, 0);

    /// <summary>Reads <c>settled</c>, <c>forever</c>, an age such as <c>7d</c>, or a size: <c>10GiB</c>.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>.</exception>
    public static Retention Parse(string text)
    {
        Retention? read = text switch
        {
            "settled" => UntilSettled,
            "forever" => Forever,
            _ when TryAge(text) is long age => new Retention(RetentionKind.Age, age),
            _ when text.EndsWith('B') && ByteSize.TryParse(text, out long size) =>
                new Retention(RetentionKind.Size, size),
            _ => null,
        };
        if (read is not Retention retention)
            throw new FiqException(
                ErrorCode.BadRequest,
                $"\"{Printable.Escape(text)}\" does not say how long messages are kept",
                "Allowed: settled, forever, an age such as 12h or 7d, a size such as 10GiB.");
        retention.Check();
        return retention;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        RetentionKind.Settled => "settled",
        RetentionKind.Forever => "forever",
        RetentionKind.Size => ByteSize.Format(Value),
        _ => AgeText(Value),
    };

    /// <summary>Refuses what is out of range.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>.</exception>
    public void Check()
    {
        string? wrong = Kind switch
        {
            RetentionKind.Age when Value is < 1 or > AgeMax => "an age must be between 1s and 36500d",
            RetentionKind.Size when Value is < SizeMin or > SizeMax => "a size must be between 1MiB and 1024TiB",
            _ => null,
        };
        if (wrong is not null) throw new FiqException(ErrorCode.BadRequest, $"{wrong}, and {this} is not");
    }

    private static long? TryAge(string text)
    {
        foreach ((string suffix, long seconds) in Ages)
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && long.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture,
                    out long count)
                && count <= AgeMax)
                return count * seconds;
        return null;
    }

    private static string AgeText(long value)
    {
        foreach ((string suffix, long seconds) in Ages)
            if (value % seconds == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{value / seconds}{suffix}");
        return "";
    }
}
