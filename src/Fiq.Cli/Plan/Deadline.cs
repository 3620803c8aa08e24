using System.Globalization;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Plan;

/// <summary>
/// When something is to be done, as people write it: from now (<c>2h</c>), a time of day that comes next
/// (<c>18:00</c>, local), or ISO 8601.
/// </summary>
internal static class Deadline
{
    private static readonly string[] ClockFormats = ["H:mm", "HH:mm", "HH:mm:ss"];

    private static readonly string[] DateFormats = ["yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK"];

    public static DateTimeOffset Parse(string name, string text, DateTimeOffset now)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (DurationText.TryParse(text, out TimeSpan fromNow)) return now + fromNow;
        if (TimeOnly.TryParseExact(text, ClockFormats, invariant, DateTimeStyles.None, out TimeOnly clock))
        {
            var today = new DateTimeOffset(now.Date + clock.ToTimeSpan(), now.Offset);
            return today > now ? today : today.AddDays(1);
        }

        if (!DateTimeOffset.TryParseExact(
            text, DateFormats, invariant, DateTimeStyles.AssumeLocal, out DateTimeOffset time))
            throw OptionKinds.Wrong(
                $"{name} \"{Printable.Escape(text)}\" is not a time",
                "Such as 2h (from now), 18:00 (the next one), or 2026-01-31T12:00:00Z.");
        return time > now
            ? time
            : throw OptionKinds.Wrong($"{name} {Printable.Escape(text)} is over", "Name a time to come.");
    }
}
