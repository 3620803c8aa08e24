using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// The workers: claimed deliveries wait in a bounded channel, a worker takes one, works on it and takes the next at
/// once. A worker is a task only while there is something for it, so ten thousand idle workers cost nothing.
/// Every delivery given to <see cref="Enqueue"/> is reported exactly once as an end.
/// </summary>
internal sealed class WorkerPool
{
    private readonly Lock _gate = new();
    private readonly Channel<Waiting> _waiting;
    private readonly Stack<Worker> _parked;
    private readonly Worker[] _workers;
    private readonly Attempts _attempts;
    private readonly TimeProvider _clock;
    private readonly Ledger _ledger;
    private readonly IPoolEvents _events;
    private bool _isStopped;
    private int _busy;

    public WorkerPool(
        int workers, Attempts attempts, TimeProvider clock, Ledger ledger, IPoolEvents events)
    {
        (_attempts, _clock, _ledger, _events) = (attempts, clock, ledger, events);
        _waiting = Channel.CreateBounded<Waiting>(workers + Prefetch.CountMax);
        _workers = [.. Enumerable.Range(1, workers).Select(number => new Worker(number))];
        _parked = new Stack<Worker>(_workers.Reverse());
    }

    /// <summary>Gives the pool a claimed delivery. The claim loop asks for no more than fit.</summary>
    public void Enqueue(Delivery delivery)
    {
        if (!_waiting.Writer.TryWrite(new Waiting(delivery, _clock.GetTimestamp())))
            throw new InvalidOperationException("more was claimed than the pool has room for");
        Worker? worker = null;
        bool isStopped;
        lock (_gate)
        {
            isStopped = _isStopped;
            if (!isStopped) _parked.TryPop(out worker);
        }

        if (isStopped) Withdraw(TimeSpan.Zero, WorkOutcome.Returned);
        else if (worker is not null) _ = Task.Run(() => RunAsync(worker));
    }

    /// <summary>
    /// While all workers are busy, gives back what has waited for one for at least so long; returns how many.
    /// </summary>
    public int ReturnWaiting(TimeSpan atLeast)
    {
        lock (_gate)
            if (_busy < _workers.Length) return 0;
        return Withdraw(atLeast, WorkOutcome.Returned);
    }

    /// <summary>
    /// Begins no more work; what waits goes back, and what declares more than is left of the grace is cancelled.
    /// </summary>
    public Finishing Stop(TimeSpan grace)
    {
        var hopeless = new List<Worker>();
        int running = 0;
        TimeSpan longest = TimeSpan.Zero;
        lock (_gate)
        {
            _isStopped = true;
            foreach (Worker worker in _workers)
            {
                if (worker.Current is not { } delivery) continue;
                TimeSpan left = TimeSpan.FromMicroseconds(delivery.Message.ProcessingMicroseconds)
                    - _clock.GetElapsedTime(worker.TakenAt);
                if (left > grace)
                {
                    hopeless.Add(worker);
                    continue;
                }

                running++;
                if (left > longest) longest = left;
            }
        }

        // Outside the lock: cancelling runs the handlers' callbacks.
        foreach (Worker worker in hopeless) worker.Cancel();
        Withdraw(TimeSpan.Zero, WorkOutcome.HandedBack);
        return new Finishing(running, longest);
    }

    /// <summary>Begins no more work and cancels what runs.</summary>
    public void StopNow()
    {
        lock (_gate) _isStopped = true;
        foreach (Worker worker in _workers) worker.Cancel();
        Withdraw(TimeSpan.Zero, WorkOutcome.HandedBack);
    }

    private int Withdraw(TimeSpan atLeast, WorkOutcome outcome)
    {
        int count = 0;
        while (TryWithdraw(atLeast, out Delivery? delivery))
        {
            _ledger.Withdrawn();
            _events.Ended(new WorkEnd(new WorkResult(delivery, 0, TimeSpan.Zero), outcome));
            count++;
        }

        return count;
    }

    private bool TryWithdraw(TimeSpan atLeast, [NotNullWhen(true)] out Delivery? taken)
    {
        // Looking and taking must be one step, or a worker could take the old one and we the new one.
        lock (_gate)
        {
            taken = null;
            if (!_waiting.Reader.TryPeek(out Waiting first)) return false;
            if (_clock.GetElapsedTime(first.ClaimedAt) < atLeast) return false;
            if (_waiting.Reader.TryRead(out first)) taken = first.Delivery;
            return taken is not null;
        }
    }

    private async Task RunAsync(Worker worker)
    {
        while (TryTake(worker, out Delivery? delivery))
        {
            _events.Waiting(_ledger.Taken());
            await WorkAsync(worker, delivery).ConfigureAwait(false);
        }

        _events.Waiting(0);
    }

    private bool TryTake(Worker worker, [NotNullWhen(true)] out Delivery? delivery)
    {
        lock (_gate)
        {
            if (!_isStopped && _waiting.Reader.TryRead(out Waiting next))
            {
                _busy++;
                delivery = worker.Current = next.Delivery;
                worker.TakenAt = _clock.GetTimestamp();
                return true;
            }

            delivery = worker.Current = null;
            _parked.Push(worker);
            return false;
        }
    }

    private async ValueTask WorkAsync(Worker worker, Delivery delivery)
    {
        WorkEnd end = await _attempts.RunAsync(delivery, worker).ConfigureAwait(false);
        lock (_gate)
        {
            _busy--;
            worker.Current = null;
        }

        _ledger.Ended();
        _events.Ended(end);
    }

    private readonly record struct Waiting(Delivery Delivery, long ClaimedAt);
}

/// <summary>What a pool reports; called on the workers' threads, returns at once.</summary>
internal interface IPoolEvents
{
    /// <summary>A delivery has left the pool.</summary>
    void Ended(in WorkEnd end);

    /// <summary>A worker took one, or found none; so many wait now.</summary>
    void Waiting(int count);

    /// <summary>A handler can't go on, whatever the message: the run is to end gently.</summary>
    void StopAsked(string why);

    /// <summary>The engine failed.</summary>
    void Failed(Exception failure);
}
