using System.CommandLine;
using System.Globalization;
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
        Option<bool> unique = OptionKinds.Flag(
            "--unique-keys",
            "A message whose key is in the window is acknowledged as a duplicate and not stored again.");
        Option<UniqueKeyWindow> window = OptionKinds.Parsed(
            "--window", "24h|N", "How far back keys are unique: a duration with its unit, or a number of messages.",
            "24h", UniqueKeyWindow.Of(TimeSpan.FromHours(24)), ReadWindow);
        var limits = new LimitOptions();
        var command = new CliCommand(
            "create",
            "Creates a queue. Nothing happens when it is there with the same settings.",
            "fiq queue create orders",
            "fiq queue create mails --max-message-bytes 64KiB --max-messages 10000",
            "fiq queue create audit --keep 7d",
            "fiq queue create invoices --unique-keys --window 24h")
        {
            queue, segmentSize, unique, window,
        };
        limits.AddTo(command);
        return command.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), new QueueSettings
        {
            SegmentBytes = invocation.Get(segmentSize),
            UniqueKeys = Window(invocation, unique, window),
            Limits = limits.Read(invocation),
        }));
    }

    private static UniqueKeyWindow? Window(
        Invocation invocation, Option<bool> unique, Option<UniqueKeyWindow> window)
    {
        if (invocation.Get(unique)) return invocation.Get(window);
        return invocation.IsGiven(window)
            ? throw OptionKinds.Wrong("--window is about unique keys", "Give --unique-keys with it.")
            : null;
    }

    private static UniqueKeyWindow ReadWindow(string text)
    {
        bool isCount = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count);
        UniqueKeyWindow window = isCount ? UniqueKeyWindow.OfMessages(count)
            : DurationText.TryParse(text, out TimeSpan time) ? UniqueKeyWindow.Of(time)
            : default;
        return window.IsValid
            ? window
            : throw OptionKinds.Wrong(
                $"--window \"{Printable.Escape(text)}\" is neither a duration nor a number of messages",
                $"Such as 24h, or 1 to {UniqueKeyWindow.MessagesMax} messages.");
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName queue, QueueSettings settings)
    {
        bool created = await invocation.Engine.CreateAsync(queue, settings, CancellationToken.None);
        CreatedJson.WriteOrSay(invocation, "name", queue.ToString(), created, $"queue {queue}");
        return ExitCode.Done;
    }
}
