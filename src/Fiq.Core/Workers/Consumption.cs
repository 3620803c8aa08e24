using System.Runtime.ExceptionServices;
using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// One run of a consumer: claim, work, write, settle. Deliveries flow one way, and each claimed one ends exactly once:
/// <code>
/// ClaimLoop -> bounded channel -> workers -> OutputStage: write -> arrived? -> settle
///     ^ room, nothing left                        |
///     +-------------------------------------------+
/// </code>
/// Owns the consumer and disposes it at the end. Used for one run.
/// </summary>
public sealed class Consumption : IPoolEvents, IOutputEvents
{
    /// <summary>
    /// How long a run that must end at once waits for handlers to hear of it and for a write that blocks. Leases that
    /// are still held then go to others when the process ends.
    /// </summary>
    private static readonly TimeSpan EndNowMax = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _now = new();
    private readonly Lock _gate = new();
    private readonly ConsumptionOptions _options;
    private readonly IQueueConsumer _consumer;
    private readonly TimeProvider _clock;
    private readonly Prefetch _prefetch;
    private readonly Ledger _ledger;
    private readonly WorkerPool _pool;
    private readonly ClaimLoop _claims;
    private readonly OutputStage _output;
    private ITimer? _graceTimer;
    private Exception? _failure;
    private EndReason _reason;
    private string? _stopRequest;

    /// <summary>Makes a run; nothing happens before <see cref="RunAsync"/>.</summary>
    public Consumption(
        IQueueConsumer consumer,
        IMessageHandler handler,
        IResultWriter writer,
        ConsumptionOptions options,
        TimeProvider? clock = null,
        Random? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Workers, ConsumptionOptions.WorkersMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Retry.AttemptsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Retry.AttemptsMax, RetryPolicy.AttemptsCeiling);
        (_consumer, _options, _clock) = (consumer, options, clock ?? TimeProvider.System);
        _prefetch = new Prefetch(options.Workers);
        _ledger = new Ledger(_clock);
        var attempts = new Attempts(consumer, handler, options, _clock, random ?? Random.Shared, this);
        _pool = new WorkerPool(options.Workers, attempts, _clock, _ledger, this);
        _claims = new ClaimLoop(consumer, _pool, _ledger, _prefetch, options, _clock);
        _output = new OutputStage(consumer, writer, _ledger, this);
    }

    /// <summary>What has been done so far.</summary>
    public ConsumeSummary Summary => _ledger.Summarize(_reason, _claims.AtEnd, _stopRequest);

    /// <summary>Runs until a rule or somebody ends it; then everything is settled or handed back.</summary>
    /// <exception cref="FiqException">An error ended it; what was not settled was handed back if possible.</exception>
    public async Task<ConsumeSummary> RunAsync()
    {
        Task output = Task.Run(() => _output.RunAsync(_now.Token));
        _ = _options.StopRule.After?.ContinueWith(
            _ => _claims.EndsEmptyNow(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            SetReason(await _claims.RunAsync(_now.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_now.IsCancellationRequested)
        {
            SetReason(EndReason.Stopped);
        }
        catch (DamagedException failure)
        {
            // What was claimed before lies before the damage, and is whole: it is worked off, then the run fails.
            SetFailure(failure);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }

        _output.CloseIntake();
        await EndOfAsync(output).ConfigureAwait(false);
        lock (_gate) _graceTimer?.Dispose();
        await DisposeConsumerAsync().ConfigureAwait(false);
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
        return Summary;
    }

    /// <summary>
    /// Ends the run gently: claims no more, hands back what is not begun, lets running work finish within the grace.
    /// Returns what still runs. Callable from any thread, also after the end.
    /// </summary>
    public Finishing Stop()
    {
        SetReason(EndReason.Stopped);
        lock (_gate)
        {
            _graceTimer ??= _clock.CreateTimer(
                static run => ((Consumption)run!).EndNow(), this, _options.Grace, Timeout.InfiniteTimeSpan);
        }

        _claims.Stop();
        return _pool.Stop(_options.Grace);
    }

    /// <summary>Ends the run at once: everything that has not arrived is handed back.</summary>
    public void StopNow()
    {
        SetReason(EndReason.Stopped);
        EndNow();
    }

    void IPoolEvents.Ended(in WorkEnd end)
    {
        if (end.Result.Elapsed > Prefetch.StartWithin) _prefetch.Observe(end.Result.Elapsed);
        _output.Post(end);
    }

    void IPoolEvents.Waiting(int count) => _claims.Waiting(count);

    void IPoolEvents.StopAsked(string why)
    {
        // Several workers may say the same; the first is heard.
        Interlocked.CompareExchange(ref _stopRequest, why, null);
        Stop();
    }

    void IPoolEvents.Failed(Exception failure) => Fail(failure);

    void IOutputEvents.Settled(int outstanding) => _claims.Settled(outstanding);

    void IOutputEvents.Failed(Exception failure) => Fail(failure);

    void IOutputEvents.OutputClosed()
    {
        lock (_gate)
            if (_reason != EndReason.Failed) _reason = EndReason.OutputClosed;
        EndNow();
    }

    private void Fail(Exception failure)
    {
        SetFailure(failure);
        EndNow();
    }

    private void SetFailure(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            _reason = EndReason.Failed;
        }
    }

    /// <summary>The first reason counts; an error or a closed output overrides it.</summary>
    private void SetReason(EndReason reason)
    {
        lock (_gate)
            if (_reason == EndReason.None) _reason = reason;
    }

    private void EndNow()
    {
        // Claiming ends first, or it would take again what is handed back.
        _claims.Stop();
        _pool.StopNow();
        _now.Cancel();
        _output.Wake();
    }

    /// <summary>Waits for the output stage; not for ever once the run is to end at once.</summary>
    private async Task EndOfAsync(Task output)
    {
        var now = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _now.Token.UnsafeRegister(
            static state => ((TaskCompletionSource)state!).TrySetResult(), now);
        if (await Task.WhenAny(output, now.Task).ConfigureAwait(false) != output)
            await Task.WhenAny(output, Task.Delay(EndNowMax, _clock)).ConfigureAwait(false);
        if (output.IsCompleted) await output.ConfigureAwait(false);
    }

    private async Task DisposeConsumerAsync()
    {
        try
        {
            await _consumer.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
