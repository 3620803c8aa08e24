using System.Globalization;
using Fiq.Engine;

namespace Fiq.Tests.Doubles;

/// <summary>A group in memory with one member, and a protocol of what was asked of it, in order.</summary>
internal sealed class MemoryConsumer : IQueueConsumer
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Entry> _ready = [];
    private readonly Dictionary<long, Entry> _leased = [];
    private readonly List<string> _events = [];
    private readonly SemaphoreSlim _wake = new(0);
    private long _nextOffset;
    private ulong _nextSerial;

    public QueueName Queue => QueueName.Default;

    public GroupName Group => GroupName.Default;

    public bool QueueCreated => false;

    public long? GroupStartedAt => null;

    /// <summary>Leases that another process of the group seems to hold.</summary>
    public int LeasedByOthers { get; set; }

    public int Delayed { get; set; }

    /// <summary>Nothing is handed out any more.</summary>
    public bool Paused { get; set; }

    public int Describes { get; private set; }

    public int LeaseCalls { get; private set; }

    public int LargestLease { get; private set; }

    public TimeSpan LongestWait { get; private set; }

    public long Claims { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Thrown by the next call of a kind.</summary>
    public FiqException? LeaseFailure { get; set; }

    public FiqException? SettleFailure { get; set; }

    /// <summary>"start 0", "done 0", "release 0", "retry 0", "dead 0", "refused 0" and what tests note.</summary>
    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public int Ready
    {
        get
        {
            lock (_gate) return _ready.Count;
        }
    }

    public int Leased
    {
        get
        {
            lock (_gate) return _leased.Count;
        }
    }

    /// <summary>What was accepted, in order.</summary>
    public List<Settlement> Settlements { get; } = [];

    public void Note(string what)
    {
        lock (_gate) _events.Add(what);
    }

    public int CountOf(string prefix) => Events.Count(text => text.StartsWith(prefix, StringComparison.Ordinal));

    public void Add(int count, TimeSpan time = default)
    {
        lock (_gate)
        {
            for (int i = 0; i < count; i++)
            {
                long offset = _nextOffset++;
                _ready.Add(offset, new Entry(offset, new Message
                {
                    Key = MessageKey.Parse($"k{offset.ToString(CultureInfo.InvariantCulture)}"),
                    Body = "hello"u8.ToArray(),
                    ProcessingMicroseconds = (long)time.TotalMicroseconds,
                }));
            }
        }

        _wake.Release();
    }

    /// <summary>A message whose earlier attempts ended in killed consumers, or failed.</summary>
    public void AddTried(int attempts, bool interrupted)
    {
        Add(1);
        lock (_gate)
        {
            Entry entry = _ready[_nextOffset - 1];
            (entry.Attempts, entry.WasInterrupted) = (attempts, interrupted);
        }
    }

    /// <summary>Another process takes the message over.</summary>
    public void TakeAway(long offset)
    {
        lock (_gate) _leased.Remove(offset);
    }

    public async ValueTask<IReadOnlyList<Delivery>> LeaseAsync(
        int countMax, TimeSpan wait, CancellationToken cancellation)
    {
        countMax.Should().BePositive();
        lock (_gate)
        {
            LeaseCalls++;
            if (wait > LongestWait) LongestWait = wait;
        }

        List<Delivery> taken = Take(countMax);
        if (taken.Count > 0) return taken;
        await _wake.WaitAsync(wait, cancellation);
        return Take(countMax);
    }

    public void Interrupt() => _wake.Release();

    public bool TryStart(Delivery delivery)
    {
        lock (_gate)
        {
            if (!HoldsLocked(delivery)) return false;
            _leased[delivery.Offset].Attempts++;
            _events.Add($"start {delivery.Offset}");
            return true;
        }
    }

    public void Finish(Delivery delivery)
    {
        lock (_gate)
        {
            if (HoldsLocked(delivery)) _events.Add($"finish {delivery.Offset}");
        }
    }

    public bool Holds(Delivery delivery)
    {
        lock (_gate) return HoldsLocked(delivery);
    }

    public ValueTask<IReadOnlyList<bool>> SettleAsync(
        IReadOnlyList<Settlement> settlements, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (SettleFailure is not null) throw SettleFailure;
            return new ValueTask<IReadOnlyList<bool>>([.. settlements.Select(SettleLocked)]);
        }
    }

    public ValueTask<GroupDescription> DescribeAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            Describes++;
            return new ValueTask<GroupDescription>(new GroupDescription
            {
                Name = Group,
                Floor = 0,
                Ready = _ready.Count,
                Leased = _leased.Count + LeasedByOthers,
                Delayed = Delayed,
                Retrying = 0,
                Lag = _ready.Count + _leased.Count + LeasedByOthers + Delayed,
                BacklogSeconds = 0,
                GroupPaused = Paused,
                Consumers = [],
            });
        }
    }

    public ValueTask DisposeAsync()
    {
        Note("dispose");
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private List<Delivery> Take(int countMax)
    {
        lock (_gate)
        {
            if (LeaseFailure is not null) throw LeaseFailure;
            var taken = new List<Delivery>();
            foreach (Entry entry in _ready.Values.Take(Paused ? 0 : countMax).ToList())
            {
                _ready.Remove(entry.Offset);
                entry.Token = new LeaseToken(7, ++_nextSerial);
                _leased.Add(entry.Offset, entry);
                taken.Add(new Delivery(entry.Offset, entry.Message, entry.Attempts + 1, entry.Token)
                {
                    WasInterrupted = entry.WasInterrupted,
                });
            }

            LargestLease = Math.Max(LargestLease, taken.Count);
            Claims += taken.Count;
            return taken;
        }
    }

    private bool HoldsLocked(Delivery delivery) =>
        _leased.TryGetValue(delivery.Offset, out Entry? entry) && entry.Token == delivery.Token;

    private bool SettleLocked(Settlement settlement)
    {
        Delivery delivery = settlement.Delivery;
        if (!HoldsLocked(delivery))
        {
            _events.Add($"refused {delivery.Offset}");
            return false;
        }

        _leased.Remove(delivery.Offset, out Entry? entry);
        Settlements.Add(settlement);
        _events.Add($"{Word(settlement.Outcome)} {delivery.Offset}");
        if (settlement.Outcome is SettleOutcome.Done or SettleOutcome.Dead) return true;
        // A retry is due at once here: when it comes again is the engine's affair.
        entry!.Attempts = settlement.Outcome == SettleOutcome.Retry ? delivery.Attempt : delivery.Attempt - 1;
        _ready.Add(entry.Offset, entry);
        return true;
    }

    private static string Word(SettleOutcome outcome) => outcome switch
    {
        SettleOutcome.Done => "done",
        SettleOutcome.Release => "release",
        SettleOutcome.Retry => "retry",
        _ => "dead",
    };

    private sealed class Entry(long offset, Message message)
    {
        public long Offset { get; } = offset;

        public Message Message { get; } = message;

        public int Attempts { get; set; }

        public bool WasInterrupted { get; set; }

        public LeaseToken Token { get; set; }
    }
}
