using System.Globalization;
using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// One attempt at one message, and what it comes to. A handler's exception is an answer about its message, and never
/// ends the run; an exception of the engine does.
/// </summary>
internal sealed class Attempts
{
    private readonly IQueueConsumer _consumer;
    private readonly IMessageHandler _handler;
    private readonly RetryPolicy _policy;
    private readonly TimeSpan? _timeout;
    private readonly TimeProvider _clock;
    private readonly IPoolEvents _events;
    private readonly Lock _chance = new();
    private readonly Random _random;

    public Attempts(
        IQueueConsumer consumer,
        IMessageHandler handler,
        ConsumptionOptions options,
        TimeProvider clock,
        Random random,
        IPoolEvents events)
    {
        (_consumer, _handler, _clock, _random, _events) = (consumer, handler, clock, random, events);
        (_policy, _timeout) = (options.Retry, options.Timeout);
    }

    /// <summary>Works on the message, or finds that this is no use; never throws.</summary>
    public async ValueTask<WorkEnd> RunAsync(Delivery delivery, Worker worker)
    {
        // Started once more it would take the next consumer with it, and the one after that.
        if (delivery.Attempt > MaxOf(delivery))
            return Finished(new WorkResult(delivery, 0, TimeSpan.Zero), Exhausted(delivery));
        long startedAt = _clock.GetTimestamp();
        if (TryStart(delivery) is { } refused)
            return new WorkEnd(new WorkResult(delivery, worker.Number, TimeSpan.Zero), refused);
        using TimeLimit? limit =
            _timeout is { } time ? new TimeLimit(time, _clock, worker.Cancellation) : null;
        Exception? thrown = null;
        try
        {
            await _handler.HandleAsync(delivery, worker.Number, limit?.Token ?? worker.Cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            thrown = failure;
        }

        var result = new WorkResult(delivery, worker.Number, _clock.GetElapsedTime(startedAt));
        return EndOf(result, thrown, limit, worker);
    }

    private int MaxOf(Delivery delivery) => delivery.WasInterrupted
        ? Math.Max(_policy.AttemptsMax, _policy.InterruptedAttemptsMax)
        : _policy.AttemptsMax;

    /// <summary>Null when the attempt counts from now on; otherwise how the delivery ends without one.</summary>
    private WorkOutcome? TryStart(Delivery delivery)
    {
        try
        {
            return _consumer.TryStart(delivery) ? null : WorkOutcome.Lost;
        }
        catch (Exception failure)
        {
            _events.Failed(failure);
            return WorkOutcome.HandedBack;
        }
    }

    private WorkEnd EndOf(in WorkResult result, Exception? thrown, TimeLimit? limit, Worker worker)
    {
        if (thrown is StopConsumingException stop)
        {
            _events.StopAsked(stop.Message);
            return new WorkEnd(result, WorkOutcome.HandedBack);
        }

        if (limit is { HasPassed: true })
            return Finished(result, Failed(result.Delivery, TimedOut(_timeout.GetValueOrDefault())));
        return thrown switch
        {
            null => Done(result),
            OperationCanceledException when worker.Cancellation.IsCancellationRequested =>
                new WorkEnd(result, WorkOutcome.HandedBack),
            PoisonException => Finished(result, Dead(result.Delivery.Attempt, Words(thrown))),
            _ => Finished(result, Failed(result.Delivery, Words(thrown))),
        };
    }

    private WorkEnd Done(in WorkResult result)
    {
        // Its result may wait long for a reader, and what kills us then is not this message.
        _consumer.Finish(result.Delivery);
        return new WorkEnd(result, WorkOutcome.Finished);
    }

    private WorkFailure Failed(Delivery delivery, string error)
    {
        if (delivery.Attempt >= _policy.AttemptsMax) return Dead(delivery.Attempt, error);
        double share;
        lock (_chance) share = _random.NextDouble();
        return new WorkFailure
        {
            Error = WorkFailure.Shorten(error),
            Attempts = delivery.Attempt,
            AttemptsMax = _policy.AttemptsMax,
            Delay = _policy.DelayAfter(delivery.Attempt, share),
        };
    }

    private WorkFailure Dead(int attempts, string error) => new()
    {
        Error = WorkFailure.Shorten(error),
        IsDead = true,
        Attempts = attempts,
        AttemptsMax = _policy.AttemptsMax,
    };

    /// <summary>
    /// It came although no attempt is left: nobody lived to settle the last one, or fewer are allowed now.
    /// </summary>
    private WorkFailure Exhausted(Delivery delivery)
    {
        int made = delivery.Attempt - 1;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return Dead(made, delivery.WasInterrupted
            ? string.Create(invariant, $"its consumer was killed in attempt {made}")
            : string.Create(invariant, $"attempt {made} failed, and no more than {_policy.AttemptsMax} are made"));
    }

    private static WorkEnd Finished(in WorkResult result, WorkFailure failure) =>
        new(result with { Failure = failure }, WorkOutcome.Finished);

    private static string TimedOut(TimeSpan after) =>
        string.Create(CultureInfo.InvariantCulture, $"timed out after {after.TotalSeconds:0.###} s");

    private static string Words(Exception failure) =>
        string.IsNullOrWhiteSpace(failure.Message) ? failure.GetType().Name : failure.Message;
}
