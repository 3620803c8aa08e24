using System.CommandLine;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue list</c> and <c>fiq ls</c>: one line per queue, from the view of its slowest group.</summary>
internal static class QueueListCommand
{
    private static readonly string[] Columns =
        ["queue", "waiting", "running", "dead", "backlog", "oldest", "bytes", "groups"];

    public static Command Create(string name, string example) =>
        new CliCommand(name, "Lists the queues: what waits, what runs, how much work that is.", example)
        {
            Run = RunAsync,
        };

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        IReadOnlyList<QueueName> names = await invocation.Engine.ListAsync(CancellationToken.None);
        var found = new List<QueueDescription>();
        ExitCode exit = ExitCode.Done;
        foreach (QueueName name in names)
        {
            try
            {
                found.Add(await invocation.Engine.DescribeAsync(name, CancellationToken.None));
            }
            catch (FiqException error) when (error.Code == ErrorCode.QueueNotFound)
            {
                // Deleted since it was listed: then it is not there.
                continue;
            }
            catch (FiqException error)
            {
                // One damaged queue must not hide the others.
                exit = invocation.Errors.Write(error);
            }
        }

        if (invocation.Json) found.ForEach(queue => QueueJson.Write(invocation.Streams.Output, queue));
        else if (found.Count > 0) invocation.Streams.Output.Write(TextTable.Format([Columns, .. found.Select(Row)]));
        else if (exit == ExitCode.Done) invocation.Say($"no queue in {invocation.Store.Display} yet");
        return exit;
    }

    private static string[] Row(QueueDescription queue)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        long leased = queue.Groups.Count == 0 ? 0 : queue.Groups.Max(group => group.Leased);
        long waiting = queue.Groups.Count == 0
            ? queue.Messages
            : queue.Groups.Max(group => group.Lag - group.Leased);
        return
        [
            queue.Name.ToString(),
            waiting.ToString("N0", invariant),
            leased.ToString("N0", invariant),
            queue.Groups.Sum(group => group.Dead).ToString("N0", invariant),
            WorkText.Format(queue.BacklogSeconds),
            queue.OldestAgeSeconds is { } age ? WorkText.Format(age) : "-",
            SizeText.Show(queue.Bytes),
            string.Join(' ', queue.Groups.Select(group => group.Name)),
        ];
    }
}
