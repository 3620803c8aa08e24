using System.Globalization;

namespace Fiq.Cli.Frame;

/// <summary>Points in time as text: UTC, to the microsecond, with a Z.</summary>
internal static class TimeText
{
    /// <param name="microseconds">Since 1970 UTC.</param>
    public static string Format(long microseconds) => DateTime.UnixEpoch
        .AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
        .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
