using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Pipeline;
using Fiq.Workers;

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
            "fiq produce mails --raw --time 1 < mails.txt",
            "fiq produce mails --file mails.txt --raw --key mail",
            "seq 1000 | fiq produce numbers --raw --producer seq-1000")
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
        string? path = invocation.Get(options.File);
        bool isPrompt = messages.Length == 0 && path is null && invocation.Streams.InputIsTerminal && !invocation.Json;
        ProducerName? name = invocation.Get(options.Producer) ?? (path is null ? null : FileProducer.NameOf(path));
        using var wait = new FullWait(invocation);
        var opening = new ProducerOptions
        {
            // At the prompt a person may try again; a script goes on behind the last line that was stored.
            StopAtFailure = !isPrompt,
            // Arguments are stored together; of lines as many as there is room for.
            StoreWhatFits = !isPrompt && messages.Length == 0,
            Name = name,
            WhenFull = options.WaitsWhenFull(invocation) ? wait.Ask : null,
        };
        await using IQueueProducer producer =
            await invocation.Engine.OpenProducerAsync(queue, opening, CancellationToken.None);
        invocation.Log($"{queue} is open for producing, messages of at most {producer.MessageBytesMax} bytes");
        ILineFormat format = options.Format(invocation, producer.MessageBytesMax);
        ProducerPosition last = await producer.FindPositionAsync(CancellationToken.None);
        if (isPrompt) return await new PromptRun(invocation, producer, format, name is null ? null : last).RunAsync();
        if (producer.QueueCreated) invocation.Say(await NewQueue.SentenceAsync(invocation, queue));
        var refusals = new RefusalReport(
            invocation.Streams, invocation.Json, messages.Length > 0 ? "message" : "line", queue);
        if (messages.Length > 0)
            return await ArgumentsRun.RunAsync(invocation, producer, format, messages, refusals, name is not null);
        Pacer? pacer = invocation.Get(options.Rate) is double rate ? new Pacer(rate, TimeProvider.System) : null;
        var run = new StreamRun(invocation, producer, format, refusals, wait, pacer);
        return path is null
            ? await run.RunPipeAsync(name, last)
            : await run.RunFileAsync(
                new FileSourceOptions
                {
                    Path = path,
                    LineSizeMax = format.LineSizeMax,
                    Again = invocation.Get(options.Again),
                    Follow = invocation.Get(options.Follow),
                },
                last);
    }
}
