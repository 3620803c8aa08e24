using System.Globalization;
using Fiq.Engine;

namespace Fiq.Cli.Frame;

/// <summary>
/// Where a group begins, as people write it: <c>first</c>, <c>last</c>, an offset, or a time: ISO 8601, <c>HH:MM</c>
/// of today (local), or an age such as <c>5m</c>. A bare number is an offset.
/// </summary>
internal static class StartText
{
    private const DateTimeStyles LocalUnlessSaid = DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal;

    private static readonly string[] ClockFormats = ["H:mm", "HH:mm", "HH:mm:ss"];

    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    public static StartPosition Parse(string name, string text) =>
        Parse(name, text, TimeProvider.System.GetLocalNow());

    public static StartPosition Parse(string name, string text, DateTimeOffset now)
    {
        if (text == "first") return StartPosition.First;
        if (text == "last") return StartPosition.Last;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
            return StartPosition.At(offset);
        if (DurationText.TryParse(text, out TimeSpan age)) return Since((now - age).UtcDateTime);
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (TimeOnly.TryParseExact(text, ClockFormats, invariant, DateTimeStyles.None, out TimeOnly clock))
            return Since(TodayAt(clock, now));
        if (DateTime.TryParseExact(text, DateFormats, invariant, LocalUnlessSaid, out DateTime time))
            return Since(time);
        throw OptionKinds.Wrong(
            $"{name} \"{Printable.Escape(text)}\" is not a place in a queue",
            "Allowed: first, last, an offset, or a time (2026-01-31T12:00:00Z, 09:30, or an age such as 5m).");
    }

    private static DateTime TodayAt(TimeOnly clock, DateTimeOffset now) =>
        new DateTimeOffset(now.Date + clock.ToTimeSpan(), now.Offset).UtcDateTime;

    private static StartPosition Since(DateTime utc) =>
        StartPosition.Since((utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
