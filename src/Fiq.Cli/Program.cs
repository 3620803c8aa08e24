using System.Runtime.CompilerServices;
using Fiq.Cli.Doctor;
using Fiq.Cli.Frame;
using Fiq.Cli.Processes;
using Fiq.Cli.Terminal;

namespace Fiq.Cli;

/// <summary>Where the process begins and ends.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (!ProcessLimits.AllowDescriptors(json: Array.IndexOf(args, "--json") >= 0)) return 1;
        using IDisposable fileSize = ProcessLimits.CatchFileSize();
        return RunAsync(args).GetAwaiter().GetResult();
    }

    // Apart from Main, because running it loads what Main must do without.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(string[] args)
    {
        if (args is [OwnProgram.Partner, string folder]) return (int)PartnerProcess.Serve(folder);
        if (args is [OwnProgram.Leashed, string parent, .. string[] rest])
        {
            if (!Leash.TryFasten(parent)) return (int)ExitCode.Failed;
            args = rest;
        }

        Streams streams = Streams.OfProcess();
        var commandLine = new CommandLine(streams, Environment.GetEnvironmentVariable, EngineFactory.Open);
        ExitCode exit = await commandLine.RunAsync(args);
        if (exit == ExitCode.Interrupted) StopSignals.EndByInterrupt();
        return (int)exit;
    }
}
