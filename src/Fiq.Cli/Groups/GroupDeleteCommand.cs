using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Engine;

namespace Fiq.Cli.Groups;

/// <summary><c>fiq group delete</c>: says what would go, asks, then deletes.</summary>
internal static class GroupDeleteCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        Argument<GroupName> group = OptionKinds.RequiredGroup();
        var consent = new Consent();
        return new CliCommand(
            "delete",
            "Deletes a group without consumers, with its progress. What only it has not settled goes with it.",
            "fiq group delete orders default --dry-run",
            "fiq group delete orders default --yes")
        {
            queue, group, consent.Yes, consent.DryRun,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), invocation.Get(group), consent));
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, GroupName name, Consent consent)
    {
        GroupDescription group = await GroupShowCommand.FindAsync(invocation, queue, name);
        await invocation.Engine.DeleteGroupAsync(queue, name, dryRun: true, CancellationToken.None);
        string loss = string.Create(
            CultureInfo.InvariantCulture,
            $"{group.Lag:N0} messages not settled, {WorkText.Format(group.BacklogSeconds)} of work");
        if (!consent.Given(invocation, $"delete group {name} of queue {queue}: {loss}"))
            return Write(invocation, queue, group, deleted: false);
        await invocation.Engine.DeleteGroupAsync(queue, name, dryRun: false, CancellationToken.None);
        invocation.Say($"deleted group {name} of queue {queue}: {loss}");
        return Write(invocation, queue, group, deleted: true);
    }

    private static ExitCode Write(Invocation invocation, QueueName queue, GroupDescription group, bool deleted)
    {
        if (!invocation.Json) return ExitCode.Done;
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("queue"u8, queue.ToString());
            writer.WriteString("group"u8, group.Name.ToString());
            writer.WriteBoolean("deleted"u8, deleted);
            writer.WriteNumber("messages"u8, group.Lag);
            writer.WriteNumber("backlogSeconds"u8, group.BacklogSeconds);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
        return ExitCode.Done;
    }
}
