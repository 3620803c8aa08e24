using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// The books of one run, under one lock: each claimed delivery is counted as waiting, then running, then finished,
/// and leaves as done, retried, dead, handed back or lost. Everybody counts here; only
/// <see cref="ClaimLoop"/> decides by it.
/// </summary>
internal sealed class Ledger(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private LedgerState _state;
    private long? _firstClaim;
    private long _lastSettle;
    private TimeSpan _work;

    public LedgerState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    public void Claimed(IReadOnlyList<Delivery> deliveries)
    {
        lock (_gate)
        {
            _firstClaim ??= clock.GetTimestamp();
            _state.Waiting += deliveries.Count;
            foreach (Delivery delivery in deliveries) _state.Bytes += delivery.Message.Body.Length;
        }
    }

    /// <summary>A worker has taken one; returns how many still wait.</summary>
    public int Taken()
    {
        lock (_gate)
        {
            _state.Running++;
            return --_state.Waiting;
        }
    }

    /// <summary>One was taken out of the waiting ones to be handed back.</summary>
    public void Withdrawn()
    {
        lock (_gate)
        {
            _state.Waiting--;
            _state.Finished++;
        }
    }

    /// <summary>A worker has let go of one.</summary>
    public void Ended()
    {
        lock (_gate)
        {
            _state.Running--;
            _state.Finished++;
        }
    }

    /// <summary>One is out of our hands; returns how many are still in them.</summary>
    public int Closed(in WorkResult result, WorkOutcome outcome)
    {
        lock (_gate)
        {
            _state.Finished--;
            _state.Bytes -= result.Delivery.Message.Body.Length;
            switch (outcome)
            {
                case WorkOutcome.Finished:
                    CountFinished(result);
                    break;
                case WorkOutcome.HandedBack:
                    _state.HandedBack++;
                    break;
                case WorkOutcome.Lost:
                    _state.Lost++;
                    break;
            }

            return _state.Outstanding;
        }
    }

    public ConsumeSummary Summarize(EndReason reason, GroupDescription? atEnd, string? stopRequest)
    {
        lock (_gate)
        {
            return new ConsumeSummary
            {
                Reason = reason,
                Done = _state.Done,
                Retried = _state.Retried,
                Dead = _state.Dead,
                HandedBack = _state.HandedBack,
                LeasesLost = _state.Lost,
                AnyCame = _firstClaim is not null,
                Elapsed = _state.Done > 0 ? clock.GetElapsedTime(_firstClaim!.Value, _lastSettle) : TimeSpan.Zero,
                Work = _work,
                Delayed = atEnd?.Delayed ?? 0,
                StopReason = atEnd?.StopReason,
                StopRequest = stopRequest,
                GroupPaused = atEnd?.GroupPaused ?? false,
                QueuePaused = atEnd?.QueuePaused ?? false,
            };
        }
    }

    private void CountFinished(in WorkResult result)
    {
        switch (result.Failure)
        {
            case null:
                _state.Done++;
                _work += result.Elapsed;
                _lastSettle = clock.GetTimestamp();
                break;
            case { IsDead: true }:
                _state.Dead++;
                break;
            default:
                _state.Retried++;
                break;
        }
    }
}

/// <summary>The counts of a <see cref="Ledger"/> at one moment.</summary>
internal record struct LedgerState
{
    /// <summary>Claimed, not begun.</summary>
    public int Waiting { get; set; }

    /// <summary>Being worked on.</summary>
    public int Running { get; set; }

    /// <summary>Let go by the worker, not settled.</summary>
    public int Finished { get; set; }

    /// <summary>Bytes of all bodies in our hands.</summary>
    public long Bytes { get; set; }

    public long Done { get; set; }

    /// <summary>Failed; another attempt follows.</summary>
    public long Retried { get; set; }

    public long Dead { get; set; }

    public long HandedBack { get; set; }

    public long Lost { get; set; }

    /// <summary>Finished for good.</summary>
    public readonly long Closed => Done + Dead;

    /// <summary>In our hands.</summary>
    public readonly int Outstanding => Waiting + Running + Finished;
}
