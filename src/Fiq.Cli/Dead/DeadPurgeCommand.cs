using System.CommandLine;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;

namespace Fiq.Cli.Dead;

/// <summary><c>fiq dead purge</c>: throws letters away for good; says which, and asks.</summary>
internal static class DeadPurgeCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.Queue();
        var filter = new DeadFilter();
        var consent = new Consent();
        CliCommand command = new CliCommand(
            "purge",
            "Throws dead letters away for good.",
            "fiq dead purge orders --older 720h --dry-run",
            "fiq dead purge orders --error timed --yes")
        {
            queue, consent.Yes, consent.DryRun,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), filter, consent));
        filter.AddWithAllTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, DeadFilter filter, Consent consent)
    {
        filter.RequireSome(invocation);
        double seconds = 0;
        long found = await DeadBatches.ForEachAsync(filter.FindAsync(invocation, queue), letters =>
        {
            seconds += letters.Sum(letter => letter.Message.ProcessingMicroseconds) / 1e6;
            return ValueTask.FromResult(letters.Count);
        });
        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"throw away {found:N0} {DeadBatches.Word(found)} of {queue}, {WorkText.Format(seconds)} of work");
        bool dryRun = invocation.Get(consent.DryRun);
        if ((found > 0 || dryRun) && !consent.Given(invocation, what))
        {
            // Who asked was told: in words by the consent, else here.
            if (invocation.Json) DeadBatches.Report(invocation, "purged", found, "", queue, dryRun);
            return ExitCode.Done;
        }

        long count = await DeadBatches.ForEachAsync(
            filter.FindAsync(invocation, queue),
            letters => invocation.Engine.PurgeDeadLettersAsync(queue, letters, CancellationToken.None));
        DeadBatches.Report(invocation, "purged", count, "thrown away of", queue, dryRun: false);
        return ExitCode.Done;
    }
}
