using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Fiq.Cli.Frame;

/// <summary>
/// The log of --verbose, on stderr. Made only when asked for: a logger factory costs as much as the rest of a start.
/// </summary>
internal static class VerboseLog
{
    public static ILoggerFactory CreateFactory(bool colour) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Debug)
        // The console logger would write to stdout, among the results.
        .AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace)
        .AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "HH:mm:ss.fff'Z' ";
            options.ColorBehavior = colour ? LoggerColorBehavior.Enabled : LoggerColorBehavior.Disabled;
        }));
}
