using Fiq.Cli.Consume;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Exec;

/// <summary>
/// Work that is a command. Its stdout is ours, and what is said about messages goes to stderr; with --json it is the
/// other way round. Settling follows the work and waits for no reader; when the reader of stdout goes, the run ends
/// gently.
/// </summary>
internal sealed class ExecWork : IConsumeWork
{
    private readonly LineMerger _output;
    private readonly LineMerger _errors;
    private readonly CommandHandler _handler;
    private readonly int _outputDescriptor;

    public ExecWork(Invocation invocation, IQueueConsumer consumer, ExecOptions options)
    {
        Streams streams = invocation.Streams;
        ByteOutput output = streams.Output;
        _outputDescriptor = streams.OutputDescriptor;
        _output = new LineMerger(
            bytes =>
            {
                output.Write(bytes);
                output.Flush();
            },
            "stdout lines");
        _errors = new LineMerger(streams.WriteError, "stderr lines");
        LineMerger commands = invocation.Json ? _errors : _output;
        _handler = new CommandHandler(
            options, consumer.Queue, consumer.Group, invocation.Store.Path, commands, _errors);
        Results = invocation.Json
            ? new ExecResults(new JsonResult(consumer.Group), _output)
            : new ExecResults(new ExecText(invocation), _errors);
    }

    public IMessageHandler Handler => _handler;

    public IResultWriter Results { get; }

    public bool OutputWasClosed => _output.IsClosed;

    public void Begin(Action stop)
    {
        _output.Closed += stop;
        if (_outputDescriptor >= 0 && PosixCalls.IsPipe(_outputDescriptor))
            HangUpWatch.Start(_outputDescriptor, _output.ReaderGone);
    }

    public async ValueTask EndAsync(Task now) =>
        await Task.WhenAny(Task.WhenAll(_output.DrainAsync(), _errors.DrainAsync()), now);

    public ValueTask DisposeAsync()
    {
        _handler.Dispose();
        _output.Dispose();
        _errors.Dispose();
        return default;
    }
}
