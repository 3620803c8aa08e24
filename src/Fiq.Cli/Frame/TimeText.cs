using System.Globalization;

namespace Fiq.Cli.Frame;

/// <summary>Points in time as text: UTC, to the microsecond, with a Z.</summary>
internal static class TimeText
{
    private const string Written = "yyyy-MM-ddTHH:mm:ss.FFFFFFFK";
    private const DateTimeStyles UtcUnlessSaid = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>Reads a time, in UTC unless it says another zone.</summary>
    public static bool TryParse(string text, out long microseconds)
    {
        bool isTime = DateTime.TryParseExact(
            text, Written, CultureInfo.InvariantCulture, UtcUnlessSaid, out DateTime time);
        microseconds = isTime ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : 0;
        return isTime;
    }

    /// <summary>Writes a time.</summary>
    /// <param name="microseconds">Since 1970 UTC.</param>
    public static string Format(long microseconds) => DateTime.UnixEpoch
        .AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
        .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
