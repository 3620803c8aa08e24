using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Produce;

/// <summary><c>fiq produce</c>: messages from arguments, a pipe or a prompt into a queue.</summary>
internal static class ProduceCommand
{
    public static Command Create()
    {
        var options = new ProduceOptions();
        var command = new CliCommand(
            "produce",
            "Stores messages. Each one is acknowledged when it is on disk; what is not a message is refused with its "
                + "line number, and the rest goes on.",
            "fiq produce orders a1:hello:2",
            "printf 'a1:hello:2\\nb2:world:0.5\\n' | fiq produce orders",
            "fiq produce mails --raw --time 1 < mails.txt")
        {
            Run = invocation => RunAsync(invocation, options),
        };
        options.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, ProduceOptions options)
    {
        options.Check(invocation);
        int output = invocation.Streams.OutputDescriptor;
        // Nothing is stored for somebody who can't be told.
        if (!invocation.Quiet && output >= 0 && !PosixCalls.IsInherited(output)) return ExitCode.OutputClosed;
        QueueName queue = invocation.Get(options.Queue);
        string[] messages = invocation.Get(options.Messages);
        bool isPrompt = messages.Length == 0 && invocation.Streams.InputIsTerminal && !invocation.Json;
        // At the prompt a person may try again; a script goes on behind the last line that was stored.
        var opening = new ProducerOptions
        {
            StopAtFailure = !isPrompt,
            // Arguments are stored together; of lines as many as there is room for.
            StoreWhatFits = !isPrompt && messages.Length == 0,
        };
        await using IQueueProducer producer =
            await invocation.Engine.OpenProducerAsync(queue, opening, CancellationToken.None);
        invocation.Log($"{queue} is open for producing, messages of at most {producer.MessageBytesMax} bytes");
        ILineFormat format = options.Format(invocation, producer.MessageBytesMax);
        if (isPrompt) return await new PromptRun(invocation, producer, format).RunAsync();
        if (producer.QueueCreated) invocation.Say(await NewQueue.SentenceAsync(invocation, queue));
        var refusals = new RefusalReport(
            invocation.Streams, invocation.Json, messages.Length > 0 ? "message" : "line", queue);
        return messages.Length > 0
            ? await ArgumentsRun.RunAsync(invocation, producer, format, messages, refusals)
            : await RunPipeAsync(invocation, producer, format, refusals);
    }

    private static async Task<ExitCode> RunPipeAsync(
        Invocation invocation, IQueueProducer producer, ILineFormat format, RefusalReport refusals)
    {
        Streams streams = invocation.Streams;
        var acks = new AckWriter(streams.Output, invocation.Json, invocation.Quiet);
        var reader = new LineReader(streams.Input, format.LineSizeMax);
        var run = new PipeRun(producer, reader, format, acks, refusals, () => streams.InputIsReady());
        long started = Stopwatch.GetTimestamp();
        using var signals = new StopSignals(_ => run.Stop(), StopSignals.EndByDefault);
        void Summarize() =>
            invocation.Say(Summary(run.Acked, refusals.Count, Stopwatch.GetElapsedTime(started)));
        try
        {
            await run.RunAsync();
        }
        catch (FiqException)
        {
            // The error is the last of the output.
            Summarize();
            throw;
        }

        Summarize();
        if (run.MoreFollowed)
            invocation.Say($"exit in line {run.ExitLine} ended the input; what follows it was not read");
        ExitCode exit = refusals.Count > 0 || run.MoreFollowed ? ExitCode.SomeRefused : ExitCode.Done;
        return signals.ExitAfterDrain(exit);
    }

    private static string Summary(long acked, long refused, TimeSpan elapsed)
    {
        string rest = refused > 0 ? string.Create(CultureInfo.InvariantCulture, $", {refused:N0} refused") : "";
        string rate = acked >= 1000 && elapsed > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $" ({acked / elapsed.TotalSeconds:N0}/s)")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{acked:N0} acked{rest} in {elapsed.TotalSeconds:0.00} s{rate}");
    }
}
