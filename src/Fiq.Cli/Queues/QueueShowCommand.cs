using System.CommandLine;
using System.Globalization;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Engine;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue show</c>: one queue, its groups and who works on it.</summary>
internal static class QueueShowCommand
{
    private static readonly string[] Columns =
        ["group", "ready", "running", "delayed", "retrying", "unsettled", "work", "oldest", "consumers"];

    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.AnyQueue();
        return new CliCommand(
            "show",
            "Shows a queue: messages, bytes, groups and consumers. Changes and wakes nothing.",
            "fiq queue show orders",
            "fiq queue show orders --json")
        {
            queue,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue)));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName name)
    {
        QueueDescription queue = await invocation.Engine.DescribeAsync(name, CancellationToken.None);
        if (invocation.Json) QueueJson.Write(invocation.Streams.Output, queue);
        else invocation.Streams.Output.Write(Format(queue, invocation));
        return ExitCode.Done;
    }

    private static string Format(QueueDescription queue, Invocation invocation)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var page = new StringBuilder();
        page.Append(invariant, $"{queue.Name} in {invocation.Store.Display}\n");
        page.Append(invariant, $"  messages  {queue.Messages:N0} not settled by every group, ");
        page.Append(invariant, $"{queue.Records:N0} kept\n");
        page.Append(invariant, $"  offsets   {queue.FirstOffset} up to before {queue.NextOffset}");
        page.Append(invariant, $", durable up to before {queue.Watermark}\n");
        string segments = queue.Segments == 1 ? "segment" : "segments";
        page.Append(invariant, $"  on disk   {SizeText.Show(queue.Bytes)} in {queue.Segments:N0} {segments}\n");
        foreach (LostRange lost in queue.Lost)
            page.Append(invariant, $"  lost      offsets {lost.FromOffset}..{lost.ToOffset - 1}, says a repair\n");
        if (queue.ReadOnlyReason is { } reason)
            page.Append(invariant, $"  read-only: {Printable.Escape(reason)}\n");
        if (queue.Groups.Count == 0) return page.Append("  no groups\n").ToString();
        page.Append('\n').Append(TextTable.Format([Columns, .. queue.Groups.Select(Row)]));
        foreach (GroupDescription group in queue.Groups) AppendConsumers(page, group);
        return page.ToString();
    }

    private static string[] Row(GroupDescription group)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return
        [
            group.Name.ToString(),
            group.Ready.ToString("N0", invariant),
            group.Leased.ToString("N0", invariant),
            group.Delayed.ToString("N0", invariant),
            group.Retrying.ToString("N0", invariant),
            group.Lag.ToString("N0", invariant),
            WorkText.Format(group.BacklogSeconds),
            group.OldestAgeSeconds is { } age ? WorkText.Format(age) : "-",
            group.Consumers.Count.ToString(invariant),
        ];
    }

    private static void AppendConsumers(StringBuilder page, GroupDescription group)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (group.StopReason is { } reason)
            page.Append(invariant, $"  {group.Name} has stopped: {Printable.Escape(reason)}\n");
        foreach (ConsumerDescription consumer in group.Consumers)
        {
            page.Append(invariant, $"  {group.Name}: process {consumer.Pid}, {consumer.Workers} workers, ");
            page.Append(invariant, $"{consumer.Leased:N0} taken, ");
            page.Append(invariant, $"since {TimeText.Format(consumer.SinceMicroseconds)}\n");
        }
    }
}
