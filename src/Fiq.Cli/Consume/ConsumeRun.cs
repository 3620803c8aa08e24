using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>
/// One run of <c>fiq consume</c>: says what it begins with, works, stops, says what was done. Ends the consumer.
/// </summary>
internal sealed class ConsumeRun
{
    private readonly Invocation _invocation;
    private readonly IQueueConsumer _consumer;
    private readonly ConsumptionOptions _options;
    private readonly IResultFormat _format;
    private readonly Streams _streams;
    private int _stops;

    public ConsumeRun(
        Invocation invocation, IQueueConsumer consumer, ConsumptionOptions options, IResultFormat format)
    {
        (_invocation, _consumer, _options, _format) = (invocation, consumer, options, format);
        _streams = invocation.Streams;
    }

    public async Task<ExitCode> RunAsync()
    {
        bool exitStops = ExitWatch.IsOurs(_streams, _options.StopRule.Ends);
        await SayOpeningAsync(exitStops);
        using var handler = new SleepHandler();
        using ResultOutput results = OpenOutput();
        var run = new Consumption(_consumer, handler, results, _options);
        using var signals = new StopSignals(_ => Stop(run), _ => Stop(run));
        if (exitStops) ExitWatch.Start(_streams, () => Stop(run));
        try
        {
            await run.RunAsync();
        }
        finally
        {
            // Also before an error, which is the last of the output.
            _invocation.Say(ConsumeWords.Summary(run.Summary));
        }

        return signals.ExitAfterDrain(Exit(run.Summary));
    }

    private async Task SayOpeningAsync(bool exitStops)
    {
        if (_invocation.Quiet || _invocation.Json) return;
        try
        {
            await SayAsync(exitStops);
        }
        catch (FiqException)
        {
            await _consumer.DisposeAsync();
            throw;
        }
    }

    private async Task SayAsync(bool exitStops)
    {
        if (_consumer.QueueCreated) _invocation.Say(await NewQueue.SentenceAsync(_invocation, _consumer.Queue));
        if (_consumer.GroupStartedAt is { } offset and not 0)
            _invocation.Say(string.Create(
                CultureInfo.InvariantCulture, $"new group {_consumer.Group} begins at #{offset:0}"));
        GroupDescription group = await _consumer.DescribeAsync(CancellationToken.None);
        _invocation.Say(ConsumeWords.Opening(_consumer.Queue, group, _options.Workers, exitStops));
    }

    private ResultOutput OpenOutput()
    {
        int descriptor = _streams.OutputDescriptor;
        bool pauses = descriptor >= 0 && PosixCalls.CanPause(descriptor);
        IOutlet outlet = pauses ? new DescriptorOutlet(descriptor) : new StreamOutlet(_streams.Output);
        var results = new ResultOutput(_format, outlet, _streams.OutputIsTerminal, TimeProvider.System);
        if (outlet.Holds) HangUpWatch.Start(descriptor, results.ReaderGone);
        return results;
    }

    /// <summary>The first request ends the run gently, the next one at once, wherever they come from.</summary>
    private void Stop(Consumption run)
    {
        if (Interlocked.Increment(ref _stops) > 1)
        {
            run.StopNow();
            return;
        }

        Finishing finishing = run.Stop();
        if (finishing.Messages > 0) _invocation.Say(ConsumeWords.Stopping(finishing));
    }

    private ExitCode Exit(ConsumeSummary summary) => summary.Reason switch
    {
        EndReason.OutputClosed => ExitCode.OutputClosed,
        EndReason.Idle when !summary.AnyCame => throw new FiqException(
            ErrorCode.NothingReceived,
            $"nothing came for {DurationText.Format(_options.StopRule.Idle!.Value)}"),
        EndReason.Paused => throw new FiqException(
            ErrorCode.Busy,
            $"group \"{_consumer.Group}\" of queue \"{_consumer.Queue}\" is paused, and something waits in it",
            $"fiq group resume {_consumer.Queue} {_consumer.Group}, or fiq queue resume {_consumer.Queue}."),
        _ => ExitCode.Done,
    };
}
