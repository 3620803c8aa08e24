using System.Globalization;

namespace Fiq.Cli.Frame;

/// <summary>Rates as people write them: <c>100/s</c>, <c>30/m</c>, <c>1000/h</c>; bare is per second.</summary>
internal static class RateText
{
    private const double PerSecondMax = 1_000_000_000;

    /// <summary>Reads a rate as a number a second.</summary>
    public static bool TryParse(string text, out double perSecond)
    {
        perSecond = 0;
        string[] parts = text.Split('/');
        double seconds = parts.Length == 1 ? 1 : parts[1] switch { "s" => 1, "m" => 60, "h" => 3600, _ => 0 };
        if (parts.Length > 2 || seconds == 0) return false;
        if (!double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            return false;
        perSecond = count / seconds;
        return perSecond is > 0 and <= PerSecondMax;
    }
}
