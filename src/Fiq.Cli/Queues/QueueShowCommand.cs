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
        page.Append(invariant, $"  limits    {LimitWords.Of(queue.Limits)}\n");
        if (queue.UniqueKeys is UniqueKeyWindow window)
            page.Append(invariant, $"  keys      unique among the last {Window(window)}\n");
        if (queue.Paused) page.Append(invariant, $"  paused: nothing is taken until fiq queue resume {queue.Name}\n");
        if (queue.ReadOnlyReason is { } reason)
            page.Append(invariant, $"  read-only: {Printable.Escape(reason)}\n");
        if (queue.Groups.Count == 0) return page.Append("  no groups\n").ToString();
        return page.Append('\n').Append(GroupTable.Format(queue.Groups)).ToString();
    }

    private static string Window(UniqueKeyWindow window) => window.Messages switch
    {
        0 => DurationText.Format(TimeSpan.FromMicroseconds(window.Microseconds)),
        1 => "message",
        _ => string.Create(CultureInfo.InvariantCulture, $"{window.Messages:N0} messages"),
    };
}
