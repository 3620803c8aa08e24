using System.Globalization;

namespace Fiq.Cli.Frame;

/// <summary>Durations as people write them: <c>500ms</c>, <c>2s</c>, <c>5m</c>, <c>1h</c>; bare is seconds.</summary>
internal static class DurationText
{
    /// <summary>The longest duration that an option takes: a year, far from every overflow.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(366);

    private static readonly (string Suffix, double Seconds)[] Units =
        [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        (string number, double unit) = Split(text);
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            return false;
        double seconds = count * unit;
        if (!(seconds <= Max.TotalSeconds)) return false;
        value = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>The shortest exact form: <c>5m</c>, <c>1.5s</c>, <c>250ms</c>.</summary>
    public static string Format(TimeSpan value)
    {
        (string suffix, double unit) = value.TotalSeconds switch
        {
            0 => ("s", 1.0),
            < 1 => ("ms", 0.001),
            >= 3600 when value.Ticks % TimeSpan.TicksPerHour == 0 => ("h", 3600),
            >= 60 when value.Ticks % TimeSpan.TicksPerMinute == 0 => ("m", 60),
            _ => ("s", 1.0),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value.TotalSeconds / unit, 6)}{suffix}");
    }

    private static (string Number, double Unit) Split(string text)
    {
        foreach ((string suffix, double seconds) in Units)
            if (text.EndsWith(suffix, StringComparison.Ordinal)) return (text[..^suffix.Length], seconds);
        return (text, 1);
    }
}
