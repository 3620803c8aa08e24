using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// Claims deliveries for the pool, no more than it can begin soon, and decides when the run ends by itself. The only
/// caller of <see cref="IQueueConsumer.LeaseAsync"/>.
/// </summary>
internal sealed class ClaimLoop
{
    /// <summary>Bodies held in memory at a time, unless a single message is larger.</summary>
    private const long BytesMax = 64L * 1024 * 1024;

    /// <summary>Results that wait for a slow receiver; then no more is claimed.</summary>
    private const int FinishedMax = 8192;

    /// <summary>
    /// The longest wait for a message. Whoever must end it early interrupts it, so an idle run wakes no thread of the
    /// pool more often than this.
    /// </summary>
    private static readonly TimeSpan LeaseWaitMax = TimeSpan.FromMinutes(1);

    /// <summary>How often a run that ends with the group looks whether other consumers are done.</summary>
    private static readonly TimeSpan EmptyPoll = TimeSpan.FromMilliseconds(50);

    private readonly Signal _signal = new();
    private readonly IQueueConsumer _consumer;
    private readonly WorkerPool _pool;
    private readonly Ledger _ledger;
    private readonly Prefetch _prefetch;
    private readonly ConsumptionOptions _options;
    private readonly TimeProvider _clock;
    private readonly Pacer? _pacer;
    private volatile bool _isStopped;
    private volatile int _waitingLow;
    private bool _looksEmpty;
    private long _idleSince;

    public ClaimLoop(
        IQueueConsumer consumer,
        WorkerPool pool,
        Ledger ledger,
        Prefetch prefetch,
        ConsumptionOptions options,
        TimeProvider clock)
    {
        (_consumer, _pool, _ledger, _prefetch) = (consumer, pool, ledger, prefetch);
        (_options, _clock) = (options, clock);
        _idleSince = clock.GetTimestamp();
        _pacer = options.RatePerSecond is { } rate ? new Pacer(rate, clock) : null;
    }

    /// <summary>The group as it was when the run ended because it was empty or paused.</summary>
    public GroupDescription? AtEnd { get; private set; }

    private StopRule Rule => _options.StopRule;

    /// <summary>Claims until a rule ends the run or <see cref="Stop"/> is called.</summary>
    public async Task<EndReason> RunAsync(CancellationToken now)
    {
        while (!_isStopped)
        {
            LedgerState state = _ledger.State;
            if (Rule.Count <= state.Closed) return EndReason.Count;
            int room = RoomFor(state);
            if (room == 0)
            {
                await WaitForRoomAsync(state).ConfigureAwait(false);
                continue;
            }

            if (_pacer is not null && (room = Math.Min(room, _pacer.Available())) == 0)
            {
                if (await PaceAsync(state, now).ConfigureAwait(false) is var last and not EndReason.None) return last;
                continue;
            }

            IReadOnlyList<Delivery> deliveries =
                await _consumer.LeaseAsync(room, WaitFor(state), now).ConfigureAwait(false);
            if (deliveries.Count > 0) Accept(deliveries);
            else if (await EndAsync(state, now).ConfigureAwait(false) is var end and not EndReason.None) return end;
        }

        return EndReason.Stopped;
    }

    /// <summary>Ends the loop; what a claim under way still brings is returned by the stopped pool.</summary>
    public void Stop()
    {
        _isStopped = true;
        _signal.Set();
        _consumer.Interrupt();
    }

    /// <summary>So many wait in the pool: perhaps time to claim.</summary>
    public void Waiting(int count)
    {
        if (count <= _waitingLow) _signal.Set();
    }

    /// <summary>Something was settled; <paramref name="outstanding"/> are still in our hands.</summary>
    public void Settled(int outstanding)
    {
        _signal.Set();
        // Only now can the group be empty, and the loop may be waiting for messages that never come.
        if (Rule.EndsEmpty && outstanding == 0) _consumer.Interrupt();
    }

    /// <summary>
    /// From now on an empty group is the end, and the loop may be waiting for messages that never come.
    /// </summary>
    public void EndsEmptyNow()
    {
        _signal.Set();
        _consumer.Interrupt();
    }

    private int RoomFor(in LedgerState state)
    {
        int prefetch = _prefetch.Count;
        _waitingLow = prefetch / 2;
        // Half of what is fetched ahead must be used up first: so a claim brings many.
        if (state.Waiting > _options.Workers - state.Running + _waitingLow) return 0;
        if (state.Finished > FinishedMax || (state.Bytes > BytesMax && state.Outstanding > 0)) return 0;
        long room = _options.Workers + prefetch - state.Running - state.Waiting;
        if (Rule.Count is { } count) room = Math.Min(room, count - state.Closed - state.Outstanding);
        return (int)Math.Max(room, 0);
    }

    private async ValueTask WaitForRoomAsync(LedgerState state)
    {
        await _signal.WaitAsync(state.Waiting > 0 ? Prefetch.WaitMax : Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        ReturnStale();
        _idleSince = _clock.GetTimestamp();
    }

    /// <summary>
    /// Waits until one more may start. A group that has become empty meanwhile ends the run without waiting; time that
    /// passes here is not idle.
    /// </summary>
    private async ValueTask<EndReason> PaceAsync(LedgerState state, CancellationToken now)
    {
        _idleSince = _clock.GetTimestamp();
        EndReason end = EndReason.None;
        if (Rule.EndsEmpty && state.Outstanding == 0) end = await EndAsync(state, now).ConfigureAwait(false);
        if (end == EndReason.None) await _signal.WaitAsync(_pacer!.UntilNext).ConfigureAwait(false);
        _idleSince = _clock.GetTimestamp();
        return end;
    }

    /// <summary>Idle means that free workers wait for messages.</summary>
    private bool HasFreeWorker(in LedgerState state) => state.Waiting + state.Running < _options.Workers;

    private void ReturnStale()
    {
        if (_pool.ReturnWaiting(Prefetch.WaitMax) > 0) _prefetch.Observe(Prefetch.WaitMax);
    }

    private TimeSpan WaitFor(in LedgerState state)
    {
        TimeSpan wait = LeaseWaitMax;
        if (state.Waiting > 0) wait = Prefetch.WaitMax;
        else if (Rule.EndsEmpty && state.Outstanding == 0) wait = _looksEmpty ? EmptyPoll : TimeSpan.Zero;
        if (Rule.Idle is not { } idle || !HasFreeWorker(state)) return wait;
        TimeSpan idleLeft = idle - _clock.GetElapsedTime(_idleSince);
        return idleLeft >= wait ? wait : idleLeft > TimeSpan.Zero ? idleLeft : TimeSpan.Zero;
    }

    private void Accept(IReadOnlyList<Delivery> deliveries)
    {
        _ledger.Claimed(deliveries);
        _prefetch.Claimed(deliveries);
        _pacer?.Take(deliveries.Count);
        foreach (Delivery delivery in deliveries) _pool.Enqueue(delivery);
        _looksEmpty = false;
        _idleSince = _clock.GetTimestamp();
    }

    /// <summary>Nothing came since <paramref name="before"/>: whether that ends the run.</summary>
    private async ValueTask<EndReason> EndAsync(LedgerState before, CancellationToken now)
    {
        ReturnStale();
        if (Rule.EndsEmpty && _ledger.State.Outstanding == 0)
        {
            GroupDescription group = await _consumer.DescribeAsync(now).ConfigureAwait(false);
            // A lease of another consumer may come back, so it counts as work to do.
            long delayed = Rule.WaitsForDelayed ? group.Delayed : 0;
            if (group.Ready + group.Leased + group.Retrying + delayed == 0)
            {
                AtEnd = group;
                return EndReason.Empty;
            }

            // What waits there may wait for ever.
            if (group.Paused)
            {
                AtEnd = group;
                return EndReason.Paused;
            }

            _looksEmpty = true;
        }

        if (!HasFreeWorker(before)) _idleSince = _clock.GetTimestamp();
        return Rule.Idle is { } idle && _clock.GetElapsedTime(_idleSince) >= idle ? EndReason.Idle : EndReason.None;
    }
}
