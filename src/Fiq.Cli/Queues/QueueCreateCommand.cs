using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue create</c>: a queue with its own settings, before the first message.</summary>
internal static class QueueCreateCommand
{
    /// <summary>A segment must hold its header and something more.</summary>
    private const long SegmentBytesMin = 1024 * 1024;

    private const long SegmentBytesMax = 1L << 40;

    public static Command Create()
    {
        var defaults = new QueueSettings();
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        Option<long> messageSize = OptionKinds.Size(
            "--max-message-bytes", "The largest message body.", defaults.MessageBytesMax, 1, Message.BodySizeMax);
        Option<long> segmentSize = OptionKinds.Size(
            "--segment-bytes", "The size at which a new segment file begins.", defaults.SegmentBytes,
            SegmentBytesMin, SegmentBytesMax);
        return new CliCommand(
            "create",
            "Creates a queue. Nothing happens when it is there with the same settings.",
            "fiq queue create orders",
            "fiq queue create mails --max-message-bytes 64KiB")
        {
            queue, messageSize, segmentSize,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), new QueueSettings
        {
            MessageBytesMax = (int)invocation.Get(messageSize),
            SegmentBytes = invocation.Get(segmentSize),
        }));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName queue, QueueSettings settings)
    {
        bool created = await invocation.Engine.CreateAsync(queue, settings, CancellationToken.None);
        CreatedJson.WriteOrSay(invocation, "name", queue.ToString(), created, $"queue {queue}");
        return ExitCode.Done;
    }
}
