using System.Globalization;

namespace Fiq.Cli.Frame;

/// <summary>Rates as people write them: <c>100/s</c>, <c>5/m</c>, <c>1000/h</c>.</summary>
internal static class RateText
{
    /// <summary>More than any machine starts; less would take longer than a duration may.</summary>
    private const double PerSecondMax = 1_000_000;

    private static readonly (string Suffix, double Seconds)[] Units = [("/s", 1), ("/m", 60), ("/h", 3600)];

    /// <summary>Reads a rate as a number per second; more than none.</summary>
    public static bool TryParse(string text, out double perSecond)
    {
        perSecond = 0;
        foreach ((string suffix, double seconds) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            ReadOnlySpan<char> number = text.AsSpan(0, text.Length - suffix.Length);
            if (!double.TryParse(
                number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)) return false;
            perSecond = count / seconds;
            return perSecond is > 0 and <= PerSecondMax && 1 / perSecond <= DurationText.Max.TotalSeconds;
        }

        return false;
    }
}
