using System.CommandLine;
using Fiq.Cli.Exec;
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
            "Takes messages, lets each take its processing time or runs a command for it, prints it when it is done, "
                + "and only then counts it as done. What fails is tried again later. Any number of consumers share the "
                + "work of a group; another group gets everything again.",
            "fiq consume orders --workers 4",
            "fiq consume orders --until-empty --json",
            "fiq consume orders --group audit --from first --count 1",
            "fiq consume orders -w 8 --exec 'cat > $FIQ_KEY.txt' --timeout 30s --until-empty",
            "fiq consume orders --max-attempts 3 --backoff 100ms..1s --rate 100/s --tag --until-empty -- wc -c")
        {
            TakesCommand = true,
            Run = invocation => RunAsync(invocation, options),
        };
        options.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, ConsumeOptions options)
    {
        ExecOptions? command = options.Check(invocation);
        int output = invocation.Streams.OutputDescriptor;
        if (output >= 0 && !PosixCalls.IsInherited(output)) return ExitCode.OutputClosed;
        IQueueConsumer consumer = await invocation.Engine.OpenConsumerAsync(
            invocation.Get(options.Queue), options.Consumer(invocation), CancellationToken.None);
        await using IConsumeWork work =
            await ConsumeWork.OpenAsync(invocation, consumer, command, invocation.Get(options.Raw));
        return await new ConsumeRun(invocation, consumer, options.Consumption(invocation), work).RunAsync();
    }
}
