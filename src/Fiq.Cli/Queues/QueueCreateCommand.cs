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
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        Option<long> segmentSize = OptionKinds.Size(
            "--segment-bytes", "The size at which a new segment file begins.", new QueueSettings().SegmentBytes,
            SegmentBytesMin, SegmentBytesMax);
        var limits = new LimitOptions();
        var command = new CliCommand(
            "create",
            "Creates a queue. Nothing happens when it is there with the same settings.",
            "fiq queue create orders",
            "fiq queue create mails --max-message-bytes 64KiB --max-messages 10000",
            "fiq queue create audit --keep 7d")
        {
            queue, segmentSize,
        };
        limits.AddTo(command);
        return command.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), new QueueSettings
        {
            SegmentBytes = invocation.Get(segmentSize),
            Limits = limits.Read(invocation),
        }));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName queue, QueueSettings settings)
    {
        bool created = await invocation.Engine.CreateAsync(queue, settings, CancellationToken.None);
        CreatedJson.WriteOrSay(invocation, "name", queue.ToString(), created, $"queue {queue}");
        return ExitCode.Done;
    }
}
