using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Engine;

namespace Fiq.Cli.Dead;

/// <summary><c>fiq dead list</c>: one line per letter.</summary>
internal static class DeadListCommand
{
    // The table's columns are as wide as their widest cell; more than this is for --json, which flows.
    private const int RowsMax = 1_000;

    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.Queue();
        var filter = new DeadFilter();
        CliCommand command = new CliCommand(
            "list",
            "Lists the messages that groups of a queue have given up, and why.",
            "fiq dead list orders",
            "fiq dead list orders --error timed --older 1h --json")
        {
            queue,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), filter));
        filter.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName queue, DeadFilter filter)
    {
        var rows = new List<string[]>();
        long more = 0;
        await foreach (DeadLetter letter in filter.FindAsync(invocation, queue))
        {
            if (invocation.Json) DeadLetterText.WriteJson(invocation.Streams.Output, letter);
            else if (rows.Count < RowsMax) rows.Add(DeadLetterText.Row(letter));
            else more++;
        }

        if (invocation.Json) return ExitCode.Done;
        if (rows.Count == 0) invocation.Say($"no dead letter in {queue}");
        else invocation.Streams.Output.Write(TextTable.Format([DeadLetterText.Columns, .. rows]));
        if (more > 0) invocation.Say($"{more} more; --json lists all");
        return ExitCode.Done;
    }
}
