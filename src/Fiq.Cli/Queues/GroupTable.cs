using System.Globalization;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Queues;

/// <summary>Groups as a person reads them: a line each, then what is special and who works.</summary>
internal static class GroupTable
{
    private static readonly string[] Columns =
        ["group", "ready", "running", "delayed", "retrying", "dead", "unsettled", "work", "oldest", "consumers"];

    public static string Format(IReadOnlyList<GroupDescription> groups)
    {
        var page = new StringBuilder(TextTable.Format([Columns, .. groups.Select(Row)]));
        foreach (GroupDescription group in groups) AppendState(page, group);
        return page.ToString();
    }

    /// <summary>Why it stands, and its consumers.</summary>
    public static void AppendState(StringBuilder page, GroupDescription group)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (group.GroupPaused) page.Append(invariant, $"  {group.Name} is paused\n");
        if (group.QueuePaused) page.Append(invariant, $"  {group.Name} stands because its queue is paused\n");
        if (group.StopReason is { } reason)
            page.Append(invariant, $"  {group.Name} has stopped: {Printable.Escape(reason)}\n");
        foreach (ConsumerDescription consumer in group.Consumers)
        {
            page.Append(invariant, $"  {group.Name}: process {consumer.Pid}, {consumer.Workers} workers, ");
            page.Append(invariant, $"{consumer.Leased:N0} taken, ");
            page.Append(invariant, $"since {TimeText.Format(consumer.SinceMicroseconds)}\n");
        }
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
            group.Dead.ToString("N0", invariant),
            group.Lag.ToString("N0", invariant),
            WorkText.Format(group.BacklogSeconds),
            group.OldestAgeSeconds is { } age ? WorkText.Format(age) : "-",
            group.Consumers.Count.ToString(invariant),
        ];
    }
}
