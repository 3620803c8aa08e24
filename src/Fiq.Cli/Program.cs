using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;

namespace Fiq.Cli;

/// <summary>Where the process begins and ends.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Streams streams = Streams.OfProcess();
        var commandLine = new CommandLine(streams, Environment.GetEnvironmentVariable, EngineFactory.Open);
        ExitCode exit = await commandLine.RunAsync(args);
        if (exit == ExitCode.Interrupted) StopSignals.EndByInterrupt();
        return (int)exit;
    }
}
