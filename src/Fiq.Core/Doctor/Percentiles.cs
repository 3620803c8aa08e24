namespace Fiq.Doctor;

/// <summary>How long something took, many times.</summary>
internal static class Percentiles
{
    /// <summary>The median and the 99th percentile, in microseconds.</summary>
    public static (double Median, double Worst) Of(List<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return (
            Math.Round(sorted[sorted.Count / 2].TotalMicroseconds, 1),
            Math.Round(sorted[Math.Min(sorted.Count - 1, sorted.Count * 99 / 100)].TotalMicroseconds, 1));
    }

    /// <summary>Microseconds as a person reads them.</summary>
    public static string Words(double microseconds) => microseconds < 1000
        ? FormattableString.Invariant($"{microseconds:0.#} µs")
        : FormattableString.Invariant($"{microseconds / 1000:0.##} ms");
}
