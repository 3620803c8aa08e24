using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>Figures go into the test's output; the test command prints them. No test fails on them.</summary>
internal static class Measured
{
    public static void Write(ITestOutputHelper output, string what, double value, string unit)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measured: {what}: {value:0.###} {unit}"));
    }

    public static double MillisecondsBetween(long from, long to)
    {
        return Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
    }
}
