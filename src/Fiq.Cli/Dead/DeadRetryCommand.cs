using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Dead;

/// <summary><c>fiq dead retry</c>: sends letters back to the group that gave them up.</summary>
internal static class DeadRetryCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.Queue();
        var filter = new DeadFilter();
        Option<bool> dryRun = OptionKinds.Flag("--dry-run", "Only say what would go back.");
        CliCommand command = new CliCommand(
            "retry",
            "Sends dead letters back to their queue, at its end, for their group alone and with all attempts anew.",
            "fiq dead retry orders --key a1",
            "fiq dead retry orders --all --dry-run")
        {
            queue, dryRun,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), filter, invocation.Get(dryRun)));
        filter.AddWithAllTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, DeadFilter filter, bool dryRun)
    {
        filter.RequireSome(invocation);
        long count = await DeadBatches.ForEachAsync(
            filter.FindAsync(invocation, queue),
            async letters => dryRun
                ? letters.Count
                : await invocation.Engine.RetryDeadLettersAsync(queue, letters, CancellationToken.None));
        DeadBatches.Report(invocation, "retried", count, dryRun ? "would go back to" : "back in", queue, dryRun);
        return ExitCode.Done;
    }
}
