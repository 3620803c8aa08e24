using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Engine;

namespace Fiq.Cli.Groups;

/// <summary><c>fiq group</c>: groups whose progress is counted apart.</summary>
internal static class GroupCommands
{
    public static Command Create() => new CliCommand(
        "group",
        "Shows, creates, moves and deletes groups: each gets every message.",
        "fiq group create orders audit --from first")
    {
        GroupShowCommand.CreateList(),
        GroupShowCommand.CreateShow(),
        CreateGroup(),
        GroupSeekCommand.Create(),
        PauseCommands.OfGroup(paused: true),
        PauseCommands.OfGroup(paused: false),
        GroupDeleteCommand.Create(),
    };

    private static CliCommand CreateGroup()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        Argument<GroupName> group = OptionKinds.RequiredGroup();
        Option<StartPosition?> from = OptionKinds.From();
        return new CliCommand(
            "create",
            "Creates a group before its first consumer comes. Nothing happens when it is there.",
            "fiq group create orders audit",
            "fiq group create orders late --from last")
        {
            queue, group, from,
        }.WithRun(invocation => RunAsync(
            invocation,
            invocation.Get(queue),
            invocation.Get(group),
            invocation.Get(from) ?? StartPosition.First));
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, GroupName group, StartPosition start)
    {
        bool created = await invocation.Engine.CreateGroupAsync(queue, group, start, CancellationToken.None);
        CreatedJson.WriteOrSay(invocation, "group", group.ToString(), created, $"group {group} of queue {queue}");
        return ExitCode.Done;
    }
}
