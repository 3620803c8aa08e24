using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Storage;

namespace Fiq.Simulation.Scenarios;

/// <summary>
/// A membership of the group `default` on a simulated machine, as the worker pool sees one: the product's claims and
/// settlements, without its threads. It notes what the pool was told and checks that nothing is settled too early.
/// </summary>
internal sealed class PooledConsumer : IQueueConsumer, IDisposable
{
    private const int LeasedMax = 6;

    private readonly Lock _machineGate;
    private readonly SimProcess _process;
    private readonly Opened _opened;
    private readonly IDirectory _directory;
    private readonly ConsumerGroup _group;
    private readonly Claimer _claimer;
    private readonly HashSet<long> _arrived = [];
    private bool _disposed;

    private PooledConsumer(SimProcess process, Lock machineGate, Opened opened)
    {
        (_process, _machineGate, _opened) = (process, machineGate, opened);
        (_group, _directory) = opened.TryJoin(Group.ToString())!.Value;
        _claimer = new Claimer(opened.Log, _group, Group, process.Machine.Clock);
        Tell(new GroupMade(Group.ToString(), 0));
    }

    public QueueName Queue => Opened.Name;

    public GroupName Group => GroupName.Default;

    public bool QueueCreated => false;

    public long? GroupStartedAt => null;

    public static PooledConsumer Open(SimProcess process, Lock machineGate)
    {
        lock (machineGate) return new PooledConsumer(process, machineGate, Opened.TryOpen(process, settings: null)!);
    }

    /// <summary>The receiver has this result.</summary>
    public void HasArrived(long offset)
    {
        lock (_machineGate) _arrived.Add(offset);
    }

    public ValueTask<IReadOnlyList<Delivery>> LeaseAsync(int countMax, TimeSpan wait, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        IReadOnlyList<Delivery> deliveries = Lease(Math.Min(countMax, LeasedMax));
        return deliveries.Count > 0 ? new ValueTask<IReadOnlyList<Delivery>>(deliveries) : new(LetOthersRunAsync());
    }

    public void Interrupt()
    {
        // Leasing never waits long here.
    }

    public bool TryStart(Delivery delivery)
    {
        lock (_machineGate)
        {
            (long, LeaseToken)[] leases = [(delivery.Offset, delivery.Token)];
            Tell(new StartBegun(Group.ToString(), leases));
            bool started = _group.TryStart(delivery.Token, delivery.Offset);
            if (started) Tell(new Started(Group.ToString(), leases));
            return started;
        }
    }

    public void Finish(Delivery delivery)
    {
        lock (_machineGate)
        {
            Tell(new FinishBegun(Group.ToString(), [(delivery.Offset, delivery.Token)]));
            _group.Finish(delivery.Token, delivery.Offset);
        }
    }

    public bool Holds(Delivery delivery)
    {
        lock (_machineGate) return _group.Holds(delivery.Token, delivery.Offset);
    }

    public ValueTask<IReadOnlyList<bool>> SettleAsync(
        IReadOnlyList<Settlement> settlements, CancellationToken cancellation)
    {
        lock (_machineGate)
        {
            var ends = new SettledOffset[settlements.Count];
            for (int i = 0; i < ends.Length; i++)
            {
                Delivery delivery = settlements[i].Delivery;
                bool done = settlements[i].Outcome == SettleOutcome.Done;
                LawBrokenException.Unless(
                    !done || _arrived.Contains(delivery.Offset), "I5",
                    $"offset {delivery.Offset} is settled before its result has arrived");
                ends[i] = new SettledOffset(delivery.Token, delivery.Offset, 1_000, done);
            }

            string group = Group.ToString();
            (long, LeaseToken)[] Leases(Func<SettledOffset, int, bool> which) =>
                [.. ends.Where(which).Select(end => (end.Offset, end.Token))];
            Tell(new SettleBegun(group, Leases((end, _) => end.Done)));
            Tell(new ReturnBegun(group, Leases((end, _) => !end.Done)));
            bool[] accepted = new bool[ends.Length];
            _group.Settle(ends, accepted);
            Tell(new SettleEnded(
                group, Leases((end, i) => end.Done && accepted[i]), Leases((end, i) => end.Done && !accepted[i])));
            Tell(new FlushBegun(group, _process.Name));
            _group.Flush();
            Tell(new FlushEnded(group, _process.Name));
            return new ValueTask<IReadOnlyList<bool>>(accepted);
        }
    }

    public ValueTask<GroupDescription> DescribeAsync(CancellationToken cancellation)
    {
        lock (_machineGate)
        {
            LogMark watermark = _opened.Log.Watermark;
            GroupStatus status = _group.Status(watermark.Offset);
            return new ValueTask<GroupDescription>(
                QueueDescriber.Describe(_opened.Folder, Group, _directory, status, watermark));
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        lock (_machineGate)
        {
            if (_disposed) return;
            _disposed = true;
            _claimer.Dispose();
            Tell(new Retired(_process.Name, IsOrderly: true));
            _group.Dispose();
            _directory.Dispose();
            _opened.Dispose();
        }
    }

    // The others' threads are real, and who asks again and again keeps them from the machine.
    private static async Task<IReadOnlyList<Delivery>> LetOthersRunAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
        return [];
    }

    private IReadOnlyList<Delivery> Lease(int countMax)
    {
        lock (_machineGate)
        {
            _group.Beat();
            if (_group.OthersHoldLeases) _group.Reap();
            Tell(new ClaimBegun(_process.Name));
            IReadOnlyList<Delivery> deliveries = _claimer.Claim(countMax);
            Given[] given = [.. deliveries.Select(Opened.GivenOf)];
            Moment now = Moment.Of(_process.Machine.Clock);
            Tell(new Claimed(Group.ToString(), _process.Name, given, now, IsWallSteady: true));
            foreach (Delivery delivery in deliveries)
                Tell(new Seen(delivery.Offset, Opened.TextOf(delivery.Message)));
            return deliveries;
        }
    }

    private void Tell(Fact fact) => _process.Machine.History.Tell(fact);
}
