using System.CommandLine;
using System.Text.Json;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Queues;

/// <summary><c>pause</c> and <c>resume</c> of a queue and of a group.</summary>
internal static class PauseCommands
{
    public static Command OfQueue(bool paused)
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        string verb = paused ? "pause" : "resume";
        return new CliCommand(
            verb,
            paused
                ? "Lets no consumer of any group take more messages; what runs goes on, and producers do too."
                : "Lets consumers take messages again.",
            $"fiq queue {verb} orders")
        {
            queue,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), null, paused));
    }

    public static Command OfGroup(bool paused)
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        Argument<GroupName> group = OptionKinds.RequiredGroup();
        string verb = paused ? "pause" : "resume";
        return new CliCommand(
            verb,
            paused
                ? "Lets no consumer of the group take more messages; what runs goes on, and other groups do too."
                : "Lets consumers of the group take messages again.",
            $"fiq group {verb} orders default")
        {
            queue, group,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), invocation.Get(group), paused));
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, GroupName? group, bool paused)
    {
        bool changed = await invocation.Engine.PauseAsync(queue, group, paused, CancellationToken.None);
        string what = group is { } name ? $"group {name} of queue {queue}" : $"queue {queue}";
        string state = paused ? "paused" : "resumed";
        string already = paused ? "is paused already" : "was not paused";
        invocation.Say(changed ? $"{state} {what}" : $"{what} {already}");
        if (!invocation.Json) return ExitCode.Done;
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("queue"u8, queue.ToString());
            if (group is { } member) writer.WriteString("group"u8, member.ToString());
            writer.WriteBoolean("paused"u8, paused);
            writer.WriteBoolean("changed"u8, changed);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
        return ExitCode.Done;
    }
}
