using System.Globalization;

namespace Fiq.Cli.Queues;

/// <summary>Seconds of work or of age as a person reads them: <c>32 s</c>, <c>5 m 10 s</c>, <c>2 d 4 h</c>.</summary>
internal static class WorkText
{
    public static string Format(double seconds)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (seconds < 9.95) return string.Create(invariant, $"{Math.Max(0, seconds):0.#} s");
        long whole = (long)Math.Min(Math.Round(seconds), long.MaxValue / 2);
        return whole switch
        {
            < 60 => string.Create(invariant, $"{whole} s"),
            < 3600 => string.Create(invariant, $"{whole / 60} m {whole % 60} s"),
            < 86_400 => string.Create(invariant, $"{whole / 3600} h {whole % 3600 / 60} m"),
            _ => string.Create(invariant, $"{whole / 86_400:N0} d {whole % 86_400 / 3600} h"),
        };
    }
}
