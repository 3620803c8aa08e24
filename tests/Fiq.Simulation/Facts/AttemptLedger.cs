using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Facts;

/// <summary>What is known of how often a group's messages were tried, and of how long they are to wait.</summary>
internal sealed class AttemptLedger
{
    private readonly Dictionary<long, Failure> _accepted = [];
    private readonly Dictionary<long, Failure> _synced = [];
    private readonly Dictionary<string, List<Failure>> _unflushed = [];
    private readonly Dictionary<string, int> _flushing = [];
    private readonly Dictionary<long, HashSet<LeaseToken>> _tries = [];
    private int _strays;

    /// <summary>Failures that a flush has made durable.</summary>
    public IEnumerable<Failure> Synced => _synced.Values;

    /// <summary>These leases may count, each once.</summary>
    public void MayCount(IEnumerable<(long Offset, LeaseToken Token)> leases)
    {
        foreach ((long offset, LeaseToken token) in leases)
        {
            if (!_tries.TryGetValue(offset, out HashSet<LeaseToken>? tokens)) _tries[offset] = tokens = [];
            tokens.Add(token);
        }
    }

    /// <summary>
    /// Somebody was held up with messages in his hands: his mark may hit another one's lease, and what he has failed
    /// and not flushed is known to the lease table alone.
    /// </summary>
    public void HeldUp(string consumer)
    {
        _strays++;
        _unflushed.Remove(consumer);
    }

    /// <summary>A failure was accepted.</summary>
    public void Accept(string consumer, Failure failure)
    {
        _accepted[failure.Offset] = failure;
        if (!_unflushed.TryGetValue(consumer, out List<Failure>? waiting)) _unflushed[consumer] = waiting = [];
        waiting.Add(failure);
    }

    /// <summary>What he has failed so far will be durable when he is told so.</summary>
    public void FlushBegun(string consumer) =>
        _flushing[consumer] = _unflushed.GetValueOrDefault(consumer)?.Count ?? 0;

    /// <summary>It is.</summary>
    public void FlushEnded(string consumer)
    {
        if (!_unflushed.TryGetValue(consumer, out List<Failure>? waiting)) return;
        int count = Math.Min(waiting.Count, _flushing[consumer]);
        foreach (Failure failure in waiting.Take(count))
            if (failure.Attempt > DurableOf(failure.Offset)) _synced[failure.Offset] = failure;
        waiting.RemoveRange(0, count);
    }

    /// <summary>As many attempts have failed, as long as the machine runs.</summary>
    public int KnownOf(long offset) =>
        Math.Max(DurableOf(offset), _accepted.GetValueOrDefault(offset)?.Attempt ?? 0);

    /// <summary>As many attempts a power cut leaves.</summary>
    public int DurableOf(long offset) => _synced.GetValueOrDefault(offset)?.Attempt ?? 0;

    /// <summary>More were never tried.</summary>
    public int MostOf(long offset) => (_tries.GetValueOrDefault(offset)?.Count ?? 0) + _strays;

    /// <summary>When a message may be tried again, by the timestamps of the boot it failed in; 0 at once.</summary>
    public long DueOf(long offset) => _accepted.TryGetValue(offset, out Failure? failure) ? DueOf(failure) : 0;

    public static long DueOf(Failure failure) => failure.At.Timestamp + failure.Delay.Ticks;

    /// <summary>
    /// The same after the power has failed, for whoever comes at some moment: the wall tells how long that was, but
    /// people set it, so it is never longer than it was to be.
    /// </summary>
    public long DurableDueOf(long offset, Moment start)
    {
        if (!_synced.TryGetValue(offset, out Failure? failure)) return 0;
        long byWall = Math.Clamp(
            failure.At.Wall + failure.Delay.Ticks - start.Wall, 0, Math.Max(0, failure.Delay.Ticks));
        return Math.Min(start.Timestamp + byWall, DueOf(failure));
    }

    /// <summary>What is left after a power cut.</summary>
    public AttemptLedger AfterPowerCut()
    {
        var copy = new AttemptLedger { _strays = _strays };
        foreach ((long offset, Failure failure) in _synced) copy._synced.Add(offset, failure);
        foreach ((long offset, HashSet<LeaseToken> tokens) in _tries) copy._tries.Add(offset, [.. tokens]);
        return copy;
    }
}
