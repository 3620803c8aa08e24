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
    /// <summary>So long after the grace what was said may still be on its way.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Invocation _invocation;
    private readonly IQueueConsumer _consumer;
    private readonly ConsumptionOptions _options;
    private readonly IConsumeWork _work;
    private readonly Streams _streams;
    private readonly TaskCompletionSource _now = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stops;

    public ConsumeRun(
        Invocation invocation, IQueueConsumer consumer, ConsumptionOptions options, IConsumeWork work)
    {
        (_invocation, _consumer, _options, _work) = (invocation, consumer, options, work);
        _streams = invocation.Streams;
    }

    public async Task<ExitCode> RunAsync()
    {
        bool exitStops = ExitWatch.IsOurs(_streams, _options.StopRule.Ends);
        await SayOpeningAsync(exitStops);
        var run = new Consumption(_consumer, _work.Handler, _work.Results, _options);
        using var signals = new StopSignals(_ => Stop(run), _ => Stop(run));
        _work.Begin(() => run.Stop());
        if (exitStops) ExitWatch.Start(_streams, () => Stop(run));
        try
        {
            await run.RunAsync();
        }
        finally
        {
            await _work.EndAsync(_now.Task);
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

    /// <summary>The first request ends the run gently, the next one at once, wherever they come from.</summary>
    private void Stop(Consumption run)
    {
        if (Interlocked.Increment(ref _stops) > 1)
        {
            run.StopNow();
            _now.TrySetResult();
            return;
        }

        Finishing finishing = run.Stop();
        _ = LimitLastWordsAsync();
        if (finishing.Messages > 0) _invocation.Say(ConsumeWords.Stopping(finishing));
    }

    /// <summary>Nobody who reads nothing may hold us for longer than the work may.</summary>
    private async Task LimitLastWordsAsync()
    {
        await Task.Delay(_options.Grace + LastWords);
        _now.TrySetResult();
    }

    private ExitCode Exit(ConsumeSummary summary)
    {
        if (summary.StopRequest is { } why)
            throw new FiqException(
                ErrorCode.Failed, $"the work can't go on: {why}", "What it had was handed back; no attempt is spent.");
        if (_work.OutputWasClosed) return ExitCode.OutputClosed;
        return summary.Reason switch
        {
            EndReason.OutputClosed => ExitCode.OutputClosed,
            EndReason.Idle when !summary.AnyCame => throw new FiqException(
                ErrorCode.NothingReceived,
                $"nothing came for {DurationText.Format(_options.StopRule.Idle!.Value)}"),
            EndReason.Paused => throw new FiqException(
                ErrorCode.Busy,
                $"group \"{_consumer.Group}\" of queue \"{_consumer.Queue}\" is paused, and something waits in it",
                $"fiq group resume {_consumer.Queue} {_consumer.Group}, or fiq queue resume {_consumer.Queue}."),
            EndReason.Empty or EndReason.Count or EndReason.Idle when summary.Dead > 0 => ExitCode.SomeRefused,
            _ => ExitCode.Done,
        };
    }
}
