using System.Diagnostics;
using Fiq.Engine;

namespace Fiq.Cli.Torture;

/// <summary>
/// Runs producers and consumers as real processes and kills, stops and replaces them at moments that a seed draws. All
/// on the calling thread, which must stay: the kernel ties the processes to it. Ends with all of them gone.
/// </summary>
internal sealed class Storm(string store, IQueueEngine engine, Ledger ledger, StormPlan plan) : IDisposable
{
    /// <summary>The groups: each gets every message.</summary>
    public static readonly string[] Groups = ["default", "audit"];

    private const string Queue = "storm";

    // Consumers that fall further behind make the producers wait: the ledger's memory is bounded by it.
    private const int BehindMax = 50_000;

    // Something is wrong with the machine then, not with a moment.
    private const int OwnEndsMax = 50;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(plan.Seed);
    private readonly List<Victim> _victims = [];
    private readonly List<(Victim Victim, long Until)> _stopped = [];
    private int _lastConsumer;
    private int _ownEnds;

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    /// <summary>
    /// Rages until the time is over, or somebody asks it to end; then lets all come to rest and verifies.
    /// </summary>
    /// <param name="isOver">Whether to end.</param>
    /// <param name="progress">Told a few times a second.</param>
    public void Run(Func<bool> isOver, Action progress)
    {
        QueueName queue = QueueName.Parse(Queue);
        Wait(engine.CreateAsync(
            queue, new QueueSettings { SegmentBytes = QueueSettings.SegmentBytesMin }, CancellationToken.None));
        Wait(engine.CreateGroupAsync(
            queue, GroupName.Parse(Groups[1]), StartPosition.First, CancellationToken.None));
        for (int i = 0; i < plan.Producers; i++) _victims.Add(NewProducer());
        for (int i = 0; i < plan.Consumers; i++) _victims.Add(NewConsumer(i % Groups.Length));
        long looked = Stopwatch.GetTimestamp();
        do
        {
            Thread.Sleep(_random.Next(20, 2 * plan.PauseMilliseconds));
            Strike();
            Replace();
            progress();
            if (Stopwatch.GetElapsedTime(looked) < LookEvery) continue;
            Look(queue);
            looked = Stopwatch.GetTimestamp();
        }
        while (!isOver() && ledger.Violations.Count == 0);

        // What is broken is kept as it was found.
        if (ledger.Violations.Count > 0) return;
        CalmDown();
        Drain();
        QueueDescription? end = Look(queue);
        if (end is not null) ledger.Finish(end.NextOffset);
    }

    public void Dispose()
    {
        foreach (Victim victim in _victims)
        {
            victim.Kill();
            victim.TryEnd(Patience);
            victim.Dispose();
        }

        _victims.Clear();
    }

    private ProducerVictim NewProducer() => new(store, Queue, ledger, () => ledger.Remembered < BehindMax);

    private ConsumerVictim NewConsumer(int group, bool untilEmpty = false) =>
        new(store, Queue, (Groups[group], group), ++_lastConsumer, ledger, untilEmpty);

    private void Strike()
    {
        long now = Stopwatch.GetTimestamp();
        foreach ((Victim victim, _) in _stopped.Where(each => each.Until <= now)) victim.GoOn();
        _stopped.RemoveAll(each => each.Until <= now);
        // On a slow machine most would die while they start: three of four strikes are for those at work.
        List<Victim> atWork = [.. _victims.Where(each => each.WasHeard)];
        List<Victim> targets = Kills == 0 || _random.Next(4) == 0 ? _victims : atWork;
        if (targets.Count == 0) return;
        Victim chosen = targets[_random.Next(targets.Count)];
        bool kills = Kills == 0 || _random.Next(4) > 0;
        if (kills || !chosen.WasHeard)
        {
            chosen.Kill();
            Kills++;
            return;
        }

        chosen.Stop();
        Stops++;
        long ticks = _random.Next(50, 2_000) * (Stopwatch.Frequency / 1000);
        _stopped.Add((chosen, now + ticks));
    }

    private void Replace()
    {
        for (int i = 0; i < _victims.Count; i++)
        {
            Victim victim = _victims[i];
            if (!victim.HasEnded) continue;
            End(victim);
            _victims[i] = victim is ProducerVictim ? NewProducer() : NewConsumer(i % Groups.Length);
        }
    }

    private void End(Victim victim)
    {
        _stopped.RemoveAll(each => each.Victim == victim);
        if (!victim.TryEnd(Patience)) ledger.Report("stuck", $"{victim.Role} has ended and its pipes have not");
        Judge(victim);
        victim.Dispose();
    }

    private void Judge(Victim victim)
    {
        if (victim.ExitCode == (int)Cli.ExitCode.Damaged)
            ledger.Report("damaged", $"{victim.Role} found damage: {victim.LastError}");
        if (victim.ExitCode != 0 && !victim.IsDisturbed && ++_ownEnds > OwnEndsMax)
            throw new FiqException(
                ErrorCode.Failed,
                $"{victim.Role} ends by itself again and again: {victim.LastError}",
                "That is no lost message, but nothing can be tested so.");
    }

    private QueueDescription? Look(QueueName queue)
    {
        try
        {
            QueueDescription found = Wait(engine.DescribeAsync(queue, CancellationToken.None));
            ledger.Settle(found.Groups.Min(group => group.Floor), found.NextOffset);
            return found;
        }
        catch (DamagedException damage)
        {
            ledger.Report("damaged", damage.Message);
            return null;
        }
    }

    private void CalmDown()
    {
        foreach (Victim victim in _victims) victim.GoOn();
        _stopped.Clear();
        foreach (Victim victim in _victims.OfType<ProducerVictim>()) victim.Dismiss();
        EndAll<ProducerVictim>();
        foreach (Victim victim in _victims.OfType<ConsumerVictim>()) victim.Dismiss();
        EndAll<ConsumerVictim>();
    }

    private void EndAll<T>() where T : Victim
    {
        foreach (T victim in _victims.OfType<T>())
        {
            if (victim.TryEnd(Patience)) continue;
            ledger.Report("stuck", $"{victim.Role} does not end within {Patience.TotalSeconds:0} s");
            victim.Kill();
            victim.TryEnd(Patience);
        }

        foreach (T victim in _victims.OfType<T>()) Judge(victim);
        _victims.RemoveAll(victim => victim is T);
    }

    /// <summary>Whatever is still in the queue is taken by consumers that nobody disturbs.</summary>
    private void Drain()
    {
        for (int group = 0; group < Groups.Length; group++)
        {
            ConsumerVictim last = NewConsumer(group, untilEmpty: true);
            _victims.Add(last);
            long heard = -1;
            while (!last.TryEnd(Patience))
            {
                if (last.Heard == heard)
                {
                    ledger.Report("stuck", $"group {Groups[group]} does not come to its end");
                    return;
                }

                heard = last.Heard;
            }

            Judge(last);
            _victims.Remove(last);
            last.Dispose();
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();
}

/// <summary>How a storm rages.</summary>
/// <param name="Seed">Draws moments and victims.</param>
/// <param name="Producers">Producer processes at a time.</param>
/// <param name="Consumers">Consumer processes at a time.</param>
/// <param name="PauseMilliseconds">Between two strikes, on average.</param>
internal sealed record StormPlan(int Seed, int Producers, int Consumers, int PauseMilliseconds = 150);
