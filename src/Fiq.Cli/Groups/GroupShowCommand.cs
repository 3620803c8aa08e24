using System.CommandLine;
using System.Globalization;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Engine;

namespace Fiq.Cli.Groups;

/// <summary><c>fiq group list</c> and <c>fiq group show</c>: progress, and who works.</summary>
internal static class GroupShowCommand
{
    public static Command CreateList()
    {
        Argument<QueueName> queue = OptionKinds.AnyQueue();
        return new CliCommand(
            "list", "Lists the groups of a queue: what waits, what runs, how far each is.", "fiq group list orders")
        {
            queue,
        }.WithRun(invocation => ListAsync(invocation, invocation.Get(queue)));
    }

    public static Command CreateShow()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        queue.CustomParser = OptionKinds.AnyQueue().CustomParser;
        Argument<GroupName> group = OptionKinds.RequiredGroup();
        return new CliCommand(
            "show",
            "Shows a group: its progress, why it stands if it does, and its consumers. Changes and wakes nothing.",
            "fiq group show orders default",
            "fiq group show orders default --json")
        {
            queue, group,
        }.WithRun(invocation => ShowAsync(invocation, invocation.Get(queue), invocation.Get(group)));
    }

    /// <summary>A group of a queue.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.GroupNotFound"/>.</exception>
    public static async Task<GroupDescription> FindAsync(Invocation invocation, QueueName name, GroupName group)
    {
        QueueDescription queue = await invocation.Engine.DescribeAsync(name, CancellationToken.None);
        return queue.Groups.FirstOrDefault(each => each.Name.ToString() == group.ToString())
            ?? throw new FiqException(
                ErrorCode.GroupNotFound,
                $"no group \"{group}\" in queue \"{name}\"",
                queue.Groups.Count == 0
                    ? "It has no group."
                    : $"There is {string.Join(" and ", queue.Groups.Select(each => $"\"{each.Name}\""))}.");
    }

    private static async Task<ExitCode> ListAsync(Invocation invocation, QueueName name)
    {
        QueueDescription queue = await invocation.Engine.DescribeAsync(name, CancellationToken.None);
        if (invocation.Json)
        {
            foreach (GroupDescription group in queue.Groups) GroupJson.WriteLine(invocation.Streams.Output, group);
        }
        else if (queue.Groups.Count == 0)
        {
            invocation.Say($"no group in queue {name}");
        }
        else
        {
            invocation.Streams.Output.Write(GroupTable.Format(queue.Groups));
        }

        return ExitCode.Done;
    }

    private static async Task<ExitCode> ShowAsync(Invocation invocation, QueueName name, GroupName wanted)
    {
        GroupDescription group = await FindAsync(invocation, name, wanted);
        if (invocation.Json) GroupJson.WriteLine(invocation.Streams.Output, group);
        else invocation.Streams.Output.Write(Format(name, group));
        return ExitCode.Done;
    }

    private static string Format(QueueName queue, GroupDescription group)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var page = new StringBuilder();
        page.Append(invariant, $"{group.Name} of {queue}\n");
        page.Append(invariant, $"  settled   everything below offset {group.Floor}\n");
        page.Append(invariant, $"  unsettled {group.Lag:N0}: {group.Ready:N0} ready, {group.Leased:N0} running, ");
        page.Append(invariant, $"{group.Delayed:N0} delayed, {group.Retrying:N0} retrying\n");
        page.Append(invariant, $"  work      {WorkText.Format(group.BacklogSeconds)}");
        if (group.OldestAgeSeconds is { } age) page.Append(invariant, $", the oldest waits {WorkText.Format(age)}");
        page.Append('\n');
        if (group.Trimmed > 0)
            page.Append(invariant, $"  trimmed   {group.Trimmed:N0} went before they were settled\n");
        page.Append(invariant, $"  consumers {group.Consumers.Count}\n");
        GroupTable.AppendState(page, group);
        return page.ToString();
    }
}
