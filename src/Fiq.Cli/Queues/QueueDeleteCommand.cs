using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue delete</c>: says what would go, asks, then deletes.</summary>
internal static class QueueDeleteCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        var consent = new Consent();
        return new CliCommand(
            "delete",
            "Deletes a queue with all its messages, also under running producers and consumers.",
            "fiq queue delete orders --dry-run",
            "fiq queue delete orders --yes")
        {
            queue, consent.Yes, consent.DryRun,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), consent));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName name, Consent consent)
    {
        QueueDescription? queue = await DescribeAsync(invocation, name);
        string loss = queue is null ? "a queue that can't be read" : Loss(queue);
        if (!consent.Given(invocation, $"delete {name} in {invocation.Store.Display}: {loss}"))
            return Write(invocation, name, queue, deleted: false);
        await invocation.Engine.DeleteAsync(name, CancellationToken.None);
        invocation.Say($"deleted {name}: {loss}");
        return Write(invocation, name, queue, deleted: true);
    }

    /// <summary>A damaged queue can be deleted as well; only then is it not known what goes.</summary>
    private static async Task<QueueDescription?> DescribeAsync(Invocation invocation, QueueName name)
    {
        try
        {
            return await invocation.Engine.DescribeAsync(name, CancellationToken.None);
        }
        catch (FiqException error) when (error.Code is ErrorCode.Damaged)
        {
            invocation.Say(error.Message);
            return null;
        }
    }

    private static string Loss(QueueDescription queue) => string.Create(
        CultureInfo.InvariantCulture,
        $"{queue.Messages:N0} messages not settled, {SizeText.Show(queue.Bytes)} on disk, "
            + $"{WorkText.Format(queue.BacklogSeconds)} of work");

    private static ExitCode Write(Invocation invocation, QueueName name, QueueDescription? queue, bool deleted)
    {
        if (!invocation.Json) return ExitCode.Done;
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name.ToString());
            writer.WriteBoolean("deleted"u8, deleted);
            writer.WriteNumber("messages"u8, queue?.Messages ?? 0);
            writer.WriteNumber("bytes"u8, queue?.Bytes ?? 0);
            writer.WriteNumber("backlogSeconds"u8, queue?.BacklogSeconds ?? 0);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
        return ExitCode.Done;
    }
}
