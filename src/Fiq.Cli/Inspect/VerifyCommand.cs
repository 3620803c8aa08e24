using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Inspect;

/// <summary><c>fiq verify</c>: reads a queue wholly and says what is wrong with it, also while it is in use.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        Argument<QueueName?> queue = OptionKinds.QueueIfAny("The queue. Default: all of the store.");
        return new CliCommand(
            "verify",
            "Reads everything a queue holds and names what is damaged. Changes nothing; works on queues in use.",
            "fiq verify orders",
            "fiq verify --json")
        {
            queue,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue)));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName? only)
    {
        IQueueInspection inspection = Inspections.Of(invocation);
        IReadOnlyList<QueueName> names = only is QueueName one
            ? [one]
            : await invocation.Engine.ListAsync(CancellationToken.None);
        ExitCode exit = ExitCode.Done;
        foreach (QueueName name in names)
        {
            try
            {
                if (!await VerifyAsync(invocation, inspection, name)) exit = ExitCode.Damaged;
            }
            // One queue that can't be read must not hide the others.
            catch (FiqException error) when (only is null)
            {
                exit = invocation.Errors.Write(error);
            }
        }

        if (names.Count == 0) invocation.Say($"no queue in {invocation.Store.Display} yet");
        return exit;
    }

    /// <summary>Verifies a queue and its dead letters; false when something is damaged.</summary>
    private static async Task<bool> VerifyAsync(Invocation invocation, IQueueInspection inspection, QueueName name)
    {
        bool sound = true;
        foreach (QueueInspection found in await Inspections.WithDeadAsync(invocation, name, one =>
            inspection.VerifyAsync(one, CancellationToken.None)))
        {
            sound &= found.Health != QueueHealth.Damaged;
            if (invocation.Json) InspectionJson.Write(invocation.Streams.Output, found);
            else invocation.Streams.Output.Write(InspectionText.Format(found, invocation));
        }

        return sound;
    }
}
