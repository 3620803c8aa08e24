using System.CommandLine;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue set</c>: changes the limits of a queue that exists, under whoever works with it.</summary>
internal static class QueueSetCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        var limits = new LimitOptions();
        Option<bool> reset = OptionKinds.Flag(
            "--reset", "Forget first what was set for this queue. Default: what is not named stays as it is.");
        var command = new CliCommand(
            "set",
            "Changes what a queue may hold and how long it keeps it. Who works with it notices within a second.",
            "fiq queue set orders --max-messages 100000 --max-bytes 1GiB",
            "fiq queue set orders --keep 7d --lagging hold",
            "fiq queue set orders --reset")
        {
            queue, reset,
        };
        limits.AddTo(command);
        return command.WithRun(invocation => RunAsync(
            invocation, invocation.Get(queue), limits.Read(invocation), invocation.Get(reset)));
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName name, QueueLimits change, bool reset)
    {
        if (change == QueueLimits.None && !reset)
            throw OptionKinds.Wrong(
                "there is nothing to set", "Such as --max-messages 1000; see fiq queue set --help.");
        await invocation.Engine.SetAsync(name, change, reset, CancellationToken.None);
        QueueDescription queue = await invocation.Engine.DescribeAsync(name, CancellationToken.None);
        if (!invocation.Json)
        {
            invocation.Say($"{name}: {LimitWords.Of(queue.Limits)}");
            return ExitCode.Done;
        }

        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name.ToString());
            LimitWords.Write(writer, queue.Limits);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
        return ExitCode.Done;
    }
}
