using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue purge</c>: settles everything that waits, without work; says what, and asks.</summary>
internal static class QueuePurgeCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        var consent = new Consent();
        return new CliCommand(
            "purge",
            "Throws away everything that waits in a queue, for all its groups. What is being worked on goes on; dead "
                + "letters stay.",
            "fiq queue purge orders --dry-run",
            "fiq queue purge orders --yes")
        {
            queue, consent.Yes, consent.DryRun,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), consent));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName name, Consent consent)
    {
        QueueDescription queue = await invocation.Engine.DescribeAsync(name, CancellationToken.None);
        long waiting = queue.Groups.Count == 0 ? 0 : queue.Groups.Max(group => group.Lag - group.Leased);
        string what = string.Create(
            CultureInfo.InvariantCulture,
            $"purge {name} in {invocation.Store.Display}: {waiting:N0} messages that wait, "
                + $"{WorkText.Format(queue.BacklogSeconds)} of work");
        if (!consent.Given(invocation, what)) return Write(invocation, name, waiting, invocation.Get(consent.DryRun));
        long purged = await invocation.Engine.PurgeAsync(name, CancellationToken.None);
        invocation.Say(string.Create(CultureInfo.InvariantCulture, $"purged {name}: {purged:N0} messages"));
        return Write(invocation, name, purged, dryRun: false);
    }

    private static ExitCode Write(Invocation invocation, QueueName name, long purged, bool dryRun)
    {
        if (!invocation.Json) return ExitCode.Done;
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name.ToString());
            writer.WriteNumber("purged"u8, purged);
            if (dryRun) writer.WriteBoolean("dryRun"u8, true);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
        return ExitCode.Done;
    }
}
