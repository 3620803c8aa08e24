using System.Diagnostics;
using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Kills;

/// <summary>A process that consumed for a while, and how it ended.</summary>
internal sealed record ConsumerLife(string Group, long Started, bool WasKilled, IReadOnlyList<Found> Results)
{
    public static async Task<ConsumerLife> RunAsync(FiqCommand command, string group, int milliseconds, bool kill)
    {
        var started = Stopwatch.GetTimestamp();
        await using var process = FiqProcess.Start(
            command with { Arguments = [.. command.Arguments, "--group", group] });
        await Task.Delay(milliseconds);
        process.Signal(kill ? Signal.Kill : Signal.Terminate);
        var result = await process.EndAsync();
        // Whoever is asked to end before it can listen is ended by the signal itself.
        var wasKilled = result.ExitCode != 0;
        int[] exits = kill ? [128 + (int)Signal.Kill] : [0, 128 + (int)Signal.Terminate];
        exits.Should().Contain(result.ExitCode, "{0}", result.Errors.Text);
        return new ConsumerLife(group, started, wasKilled, Printed.In(result.Output));
    }
}
