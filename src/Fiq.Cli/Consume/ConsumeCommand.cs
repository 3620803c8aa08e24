using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Consume;

/// <summary><c>fiq consume</c>: takes messages, works on them, prints and settles what is done.</summary>
internal static class ConsumeCommand
{
    public static Command Create()
    {
        var options = new ConsumeOptions();
        var command = new CliCommand(
            "consume",
            "Takes messages, lets each take its processing time, prints it when it is done, and only then counts it "
                + "as done. Any number of consumers share the work of a group; another group gets everything again.",
            "fiq consume orders --workers 4",
            "fiq consume orders --until-empty --json",
            "fiq consume orders --group audit --from first --count 1")
        {
            Run = invocation => RunAsync(invocation, options),
        };
        options.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, ConsumeOptions options)
    {
        options.Check(invocation);
        int output = invocation.Streams.OutputDescriptor;
        if (output >= 0 && !PosixCalls.IsInherited(output)) return ExitCode.OutputClosed;
        IQueueConsumer consumer = await invocation.Engine.OpenConsumerAsync(
            invocation.Get(options.Queue), options.Consumer(invocation), CancellationToken.None);
        IResultFormat format = Format(invocation, options, consumer);
        return await new ConsumeRun(invocation, consumer, options.Consumption(invocation), format).RunAsync();
    }

    private static IResultFormat Format(Invocation invocation, ConsumeOptions options, IQueueConsumer consumer)
    {
        if (invocation.Json) return new JsonResult(consumer.Group);
        if (invocation.Get(options.Raw)) return new RawResult();
        Streams streams = invocation.Streams;
        return new TextResult(invocation.OutputInk, streams.OutputIsTerminal ? streams.Width : null);
    }
}
