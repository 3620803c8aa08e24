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
    private readonly IConsumeFeed? _feed;
    private readonly Consumption _run;
    private readonly Streams _streams;
    private readonly TaskCompletionSource _now = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stops;

    public ConsumeRun(
        Invocation invocation,
        IQueueConsumer consumer,
        ConsumptionOptions options,
        IConsumeWork work,
        IConsumeFeed? feed = null)
    {
        (_invocation, _consumer, _options, _work, _feed) = (invocation, consumer, options, work, feed);
        _streams = invocation.Streams;
        _run = new Consumption(consumer, work.Handler, work.Results, options);
    }

    /// <summary>What has been done so far.</summary>
    public ConsumeSummary Summary => _run.Summary;

    public async Task<ExitCode> RunAsync()
    {
        bool exitStops = _feed is null && ExitWatch.IsOurs(_streams, _options.StopRule.Ends);
        await SayOpeningAsync(exitStops);
        using var signals = new StopSignals(_ => Stop(), _ => Stop());
        _work.Begin(() => _run.Stop());
        _feed?.Begin(() => _run.Stop());
        if (exitStops) ExitWatch.Start(_streams, Stop);
        try
        {
            await _run.RunAsync();
        }
        finally
        {
            await _work.EndAsync(_now.Task);
            // Also before an error, which is the last of the output.
            string fed = _feed is null ? "" : await _feed.EndAsync();
            _invocation.Say(ConsumeWords.Summary(_run.Summary) + fed);
        }

        return signals.ExitAfterDrain(Exit(_run.Summary));
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
    private void Stop()
    {
        _feed?.Stop();
        if (Interlocked.Increment(ref _stops) > 1)
        {
            _run.StopNow();
            _now.TrySetResult();
            return;
        }

        Finishing finishing = _run.Stop();
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
            EndReason.Paused => throw ConsumeWords.Paused(_consumer.Queue, _consumer.Group, summary),
            EndReason.Empty or EndReason.Count or EndReason.Idle when summary.Dead > 0 => ExitCode.SomeRefused,
            _ => ExitCode.Done,
        };
    }
}
