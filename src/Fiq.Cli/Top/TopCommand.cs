using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Top;

/// <summary><c>fiq top</c>: a queue as it lives; on a terminal in place, in a pipe as lines of JSON.</summary>
internal static class TopCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.AnyQueue();
        Option<TimeSpan> interval = OptionKinds.Duration(
            "--interval", "How long from one look to the next.", TimeSpan.FromSeconds(1), "-i");
        Option<long?> count = OptionKinds.OptionalNumber(
            "--count", "End after so many looks.", "go on", 1, long.MaxValue);
        return new CliCommand(
            "top",
            "Shows a queue as it lives: what flows in and out, how long a sync takes, the backlog in messages and in "
                + "seconds of work, who works on it. On a terminal it is drawn in place, q or Ctrl-C ends; in a pipe "
                + "each look is a line of JSON.",
            "fiq top orders --count 1",
            "fiq top orders --count 2 --interval 200ms --json")
        {
            queue, interval, count,
        }.WithRun(invocation =>
            RunAsync(invocation, invocation.Get(queue), invocation.Get(interval), invocation.Get(count)));
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, TimeSpan interval, long? count)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signals = new StopSignals(_ => ended.TrySetResult(), StopSignals.EndByDefault);
        Streams streams = invocation.Streams;
        bool isDrawn = streams.OutputIsTerminal && !invocation.Json;
        using KeyWatch? keys = isDrawn ? KeyWatch.Start(streams, 'q', () => ended.TrySetResult()) : null;
        using var screen = new LiveScreen(streams.Output, invocation.Environment("TERM") != "dumb");
        var flow = new Flow();
        TimeProvider clock = TimeProvider.System;
        long startedAt = clock.GetTimestamp();
        for (long shown = 0; !ended.Task.IsCompleted && !(shown >= count); shown++)
        {
            if (shown > 0) await WaitAsync(interval * shown - clock.GetElapsedTime(startedAt), ended.Task);
            if (ended.Task.IsCompleted) break;
            QueueDescription found = await invocation.Engine.DescribeAsync(queue, CancellationToken.None);
            QueueFrame frame = flow.Next(found, clock.GetElapsedTime(startedAt).TotalSeconds);
            if (isDrawn) Draw(invocation, screen, frame);
            else FrameJson.Write(streams.Output, frame, clock.GetUtcNow());
            streams.Output.Flush();
        }

        return signals.ExitAfterDrain(ExitCode.Done);
    }

    private static void Draw(Invocation invocation, LiveScreen screen, QueueFrame frame)
    {
        (int width, int height) = invocation.Streams.Size();
        screen.Draw(FrameTable.Lines(frame, invocation.Store, width, height, invocation.OutputInk));
    }

    private static async Task WaitAsync(TimeSpan wait, Task ended)
    {
        if (wait > TimeSpan.Zero) await Task.WhenAny(Task.Delay(wait), ended);
    }
}
