using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Torture;

/// <summary><c>fiq torture</c>: the kill storm with its ledger, on a user's own disk.</summary>
internal static class TortureCommand
{
    public static Command Create()
    {
        var options = new TortureOptions();
        var command = new CliCommand(
            "torture",
            "Tests on your own disk that nothing acknowledged is lost. Producers and consumers run as real processes "
                + "on a queue in a temporary folder inside the store, and are killed and stopped at random moments, "
                + "while a ledger of all they said is kept and compared. Ctrl-C ends it early, with a verdict.",
            "fiq torture --seconds 3",
            "fiq torture --seconds 2 --producers 2 --consumers 2 --seed 7 --json")
        {
            Run = invocation => RunAsync(invocation, options),
        };
        options.AddTo(command);
        return command;
    }

    private static Task<ExitCode> RunAsync(Invocation invocation, TortureOptions options)
    {
        TimeSpan duration = options.Duration(invocation);
        var plan = new StormPlan(
            (int)(invocation.Get(options.Seed) ?? Random.Shared.Next()),
            (int)invocation.Get(options.Producers),
            (int)invocation.Get(options.Consumers));
        var ended = new TaskCompletionSource<ExitCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread that lives as long as the storm: the kernel kills the processes when it goes.
        var thread = new Thread(() => Complete(ended, () => Run(invocation, plan, duration))) { Name = "storm" };
        thread.Start();
        return ended.Task;
    }

    private static void Complete(TaskCompletionSource<ExitCode> ended, Func<ExitCode> run)
    {
        try
        {
            ended.SetResult(run());
        }
        catch (Exception error)
        {
            // Converted: the command ends with it.
            ended.SetException(error);
        }
    }

    private static ExitCode Run(Invocation invocation, StormPlan plan, TimeSpan duration)
    {
        using var folder = TortureFolder.Create(invocation.Store.Path);
        var ledger = new Ledger(Storm.Groups.Length);
        IQueueEngine engine = invocation.OpenEngine(new StoreLocation(folder.Path, folder.Path));
        using var storm = new Storm(folder.Path, engine, ledger, plan);
        bool asked = false;
        using var signals = new StopSignals(_ => Volatile.Write(ref asked, true), StopSignals.EndByDefault);
        long started = Stopwatch.GetTimestamp();
        var words = new TortureWords(invocation, plan, duration);
        words.Begin(folder.Path);
        storm.Run(
            () => Volatile.Read(ref asked) || Stopwatch.GetElapsedTime(started) >= duration,
            () => words.Progress(Stopwatch.GetElapsedTime(started), storm, ledger));
        IReadOnlyList<Violation> violations = ledger.Violations;
        if (violations.Count > 0) folder.Keep(Evidence(plan, violations));
        words.End(Stopwatch.GetElapsedTime(started), storm, ledger, violations.Count > 0 ? folder.Path : null);
        return violations.Count > 0 ? ExitCode.Failed : signals.ExitAfterDrain(ExitCode.Done);
    }

    private static string Evidence(StormPlan plan, IReadOnlyList<Violation> violations) =>
        string.Create(CultureInfo.InvariantCulture, $"fiq {CommandLine.Version}, seed {plan.Seed}\n")
            + string.Concat(violations.Select(each => $"{each.Kind}: {each.Text}\n"));
}
