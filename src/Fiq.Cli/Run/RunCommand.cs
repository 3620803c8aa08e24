using System.CommandLine;
using System.Globalization;
using Fiq.Cli.Exec;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Run;

/// <summary><c>fiq run</c>: lines from stdin, worked on until none is left.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create()
    {
        var options = new RunOptions();
        var command = new CliCommand(
            Name,
            "Reads lines from stdin, works on them with any number of workers, and ends when all are done: a "
                + "crash-safe xargs -P. The work begins with the first line. Killed and started again with the same "
                + "input it goes on where it was, if the queue is named; once all is done the same input is worked on "
                + "again.",
            "seq 100 | fiq run -w 8 --input raw -- wc -c",
            "fiq run jobs --input raw -w 4 --exec 'cat > $FIQ_OFFSET.txt' --timeout 30s < mails.txt",
            "printf 'a1:hello:0.1\\nb2:world:0.1\\n' | fiq run -w 2",
            "fiq run jobs --new --ordered --max-attempts 3 --tag -- wc -c")
        {
            TakesCommand = true,
            Run = invocation => RunAsync(invocation, options),
        };
        options.AddTo(command);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, RunOptions options)
    {
        ExecOptions? command = options.Work.Command(invocation);
        QueueName? named = invocation.Get(options.Queue);
        if (named is null && invocation.Get(options.New))
            throw OptionKinds.Wrong("--new is about a queue", "Name it: fiq run QUEUE --new.");
        int output = invocation.Streams.OutputDescriptor;
        if (output >= 0 && !PosixCalls.IsInherited(output)) return ExitCode.OutputClosed;
        QueueName queue = named ?? await CreatePrivateAsync(invocation);
        return await new DrainRun(invocation, options, command, queue).RunAsync();
    }

    private static async Task<QueueName> CreatePrivateAsync(Invocation invocation)
    {
        while (true)
        {
            uint random = (uint)Random.Shared.NextInt64(1L << 32);
            QueueName queue = QueueName.Parse(string.Create(CultureInfo.InvariantCulture, $"run-{random:x8}"));
            if (await invocation.Engine.CreateAsync(queue, new QueueSettings(), CancellationToken.None)) return queue;
        }
    }
}
