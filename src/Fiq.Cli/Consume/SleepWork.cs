using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>The default work: each message takes its processing time, and its line is the result.</summary>
internal sealed class SleepWork : IConsumeWork
{
    private readonly SleepHandler _handler = new();
    private readonly ResultOutput _results;

    public SleepWork(Streams streams, IResultFormat format)
    {
        int descriptor = streams.OutputDescriptor;
        bool pauses = descriptor >= 0 && PosixCalls.CanPause(descriptor);
        IOutlet outlet = pauses ? new DescriptorOutlet(descriptor) : new StreamOutlet(streams.Output);
        _results = new ResultOutput(format, outlet, streams.OutputIsTerminal, TimeProvider.System);
        if (outlet.Holds) HangUpWatch.Start(descriptor, _results.ReaderGone);
    }

    public IMessageHandler Handler => _handler;

    public IResultWriter Results => _results;

    public bool OutputWasClosed => false;

    public void Begin(Action stop)
    {
        // The results see for themselves that their reader has gone.
    }

    public ValueTask EndAsync(Task now) => default;

    public ValueTask DisposeAsync()
    {
        _handler.Dispose();
        _results.Dispose();
        return default;
    }
}
