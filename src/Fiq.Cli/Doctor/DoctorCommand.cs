using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Doctor;
using Fiq.Engine;

namespace Fiq.Cli.Doctor;

/// <summary>
/// <c>fiq doctor</c>: whether a disk can keep what is acknowledged on it, and what a queue has been through.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Argument<QueueName?> queue = OptionKinds.QueueIfAny(
            "Tell this queue's story as well: who is attached, what happened last. Default: the disk only.");
        return new CliCommand(
            "doctor",
            "Examines the store's disk and file system: whether locks exclude, failed syncs are reported, folders can "
                + "be synced, renames are atomic, processes share pages and wake each other, and how long a sync "
                + "takes. Works in a temporary folder inside the store; of a queue nothing is changed.",
            "fiq doctor",
            "fiq doctor orders",
            "fiq doctor --json")
        {
            queue,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue)));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName? queue)
    {
        // A queue that is not there is told at once, before seconds go by.
        QueueStory? story = queue is { } named ? TryTell(invocation, named) : null;
        string store = invocation.Store.Path;
        var findings = new List<Finding>(new DiskCheckup().Run(store, PartnerProcess.Start));
        IReadOnlyList<GroupDescription> groups = [];
        if (story is not null)
        {
            findings.AddRange(QueueCheckup.Judge(story));
            groups = await DescribeAsync(invocation, story.Name, findings);
        }

        var verdict = Verdict.Of(findings);
        if (invocation.Json) DoctorJson.Write(invocation, findings, story, groups, verdict);
        else invocation.Streams.Output.Write(DoctorPage.Format(invocation, findings, story, groups, verdict));
        return verdict.IsOk ? ExitCode.Done : ExitCode.Failed;
    }

    private static QueueStory? TryTell(Invocation invocation, QueueName queue)
    {
        try
        {
            // The engine is opened so that an error can name the queues that there are.
            _ = invocation.Engine;
            return QueueCheckup.Run(invocation.Store.Path, queue);
        }
        catch (FiqException error) when (error.Code == ErrorCode.Unsupported)
        {
            // The check-up of the disk says why, and what to do.
            invocation.Log(error.Message);
            return null;
        }
    }

    private static async Task<IReadOnlyList<GroupDescription>> DescribeAsync(
        Invocation invocation, QueueName queue, List<Finding> findings)
    {
        try
        {
            return (await invocation.Engine.DescribeAsync(queue, CancellationToken.None)).Groups;
        }
        catch (FiqException error) when (error.Code != ErrorCode.QueueNotFound)
        {
            findings.Add(new Finding("queue-files", FindingOutcome.Failed, error.Message) { Advice = error.Hint });
            return [];
        }
    }
}
