using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Top;

/// <summary>A frame as lines that fit a terminal.</summary>
internal static class FrameTable
{
    /// <summary>Numbers keep their width from frame to frame, so that columns stand still.</summary>
    private const int NumberWidth = 7;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static readonly string[] Columns =
        ["group", "ready", "running", "delayed", "retrying", "dead", "lag", "out/s", "work", "empty in", "oldest"];

    /// <summary>The lines, none wider than the terminal and no more than it has.</summary>
    public static IReadOnlyList<string> Lines(QueueFrame frame, StoreLocation store, int width, int height, Ink ink)
    {
        QueueDescription queue = frame.Queue;
        string rate = Rate(frame.InPerSecond);
        string sync = Milliseconds(frame.Syncs?.Milliseconds);
        string size = SizeText.Show(queue.Bytes);
        var lines = new List<string>
        {
            string.Create(
                Invariant,
                $"{queue.Name} in {store.Display} · {rate}/s in · sync {sync} · {queue.Records:N0} kept, {size}"),
            "",
        };
        if (frame.Groups.Count == 0) lines.Add("no groups");
        else lines.AddRange(Table(frame));
        foreach (GroupFlow flow in frame.Groups) lines.AddRange(Consumers(flow.Group));
        // The last two stay free: one says how to end, one is where the cursor rests.
        int most = Math.Max(3, height - 2);
        if (lines.Count > most)
        {
            int hidden = lines.Count - most + 1;
            lines.RemoveRange(most - 1, hidden);
            lines.Add(string.Create(Invariant, $"  … {hidden:N0} more lines"));
        }

        lines.Add("q ends");
        return [.. lines.Select((line, index) => Paint(Cut(line, width - 1), index, lines.Count, ink))];
    }

    private static string[] Table(QueueFrame frame)
    {
        string table = TextTable.Format([Columns, .. frame.Groups.Select(Row)]);
        return table.TrimEnd('\n').Split('\n');
    }

    private static string[] Row(GroupFlow flow)
    {
        GroupDescription group = flow.Group;
        return
        [
            group.Name.ToString(),
            Number(group.Ready), Number(group.Leased), Number(group.Delayed), Number(group.Retrying),
            Number(group.Dead), Number(group.Lag),
            Rate(flow.OutPerSecond).PadLeft(NumberWidth),
            WorkText.Format(group.BacklogSeconds).PadLeft(NumberWidth),
            (flow.EmptySeconds is { } empty ? WorkText.Format(empty) : "-").PadLeft(NumberWidth),
            group.OldestAgeSeconds is { } age ? WorkText.Format(age) : "-",
        ];
    }

    private static IEnumerable<string> Consumers(GroupDescription group)
    {
        if (group.StopReason is { } reason) yield return $"  {group.Name} has stopped: {Printable.Escape(reason)}";
        foreach (ConsumerDescription consumer in group.Consumers)
        {
            string workers = consumer.Workers == 1 ? "worker" : "workers";
            yield return string.Create(
                Invariant,
                $"  {group.Name}: process {consumer.Pid}, {consumer.Workers} {workers}, {consumer.Leased:N0} taken");
        }
    }

    private static string Number(long count) => count.ToString("N0", Invariant).PadLeft(NumberWidth);

    private static string Rate(double? perSecond) => perSecond switch
    {
        null => "-",
        < 10 => perSecond.Value.ToString("0.0", Invariant),
        _ => perSecond.Value.ToString("N0", Invariant),
    };

    private static string Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => "-",
        < 10 => milliseconds.Value.ToString("0.00 ms", Invariant),
        _ => milliseconds.Value.ToString("N0", Invariant) + " ms",
    };

    private static string Cut(string line, int width) => line.Length <= width ? line : line[..(width - 1)] + "…";

    private static string Paint(string line, int index, int count, Ink ink) =>
        index == 0 ? ink.Bold(line) : index == count - 1 ? ink.Dim(line) : line;
}
