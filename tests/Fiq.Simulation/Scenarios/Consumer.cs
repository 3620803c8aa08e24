using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Scenarios;

/// <summary>Takes messages, works, settles, makes it durable, and deletes what nobody needs.</summary>
internal sealed class Consumer(Scenario scenario, SimProcess process, string group) : Actor(scenario, process)
{
    private const int IdleMax = 8;
    private const int CallEffects = 70;

    // The work of one in so many messages always fails.
    private const int PoisonOnceIn = 2;

    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromMilliseconds(20);

    // What is due is let go by the claim: as in the product.
    private static readonly TimeSpan SleepMin = TimeSpan.FromMilliseconds(1);

    // Where others are stopped, long enough in all to take over what they hold.
    private TimeSpan Idle =>
        Scenario.Stops || Scenario.Dawdles ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(2);

    protected override bool TryVisit()
    {
        if (Scenario.Deletes) WaitForQueue();
        using Opened? opened = Opened.TryOpen(Process, Scenario.Deletes ? null : Settings);
        if (opened is null) return false;
        bool isNew = GroupBirth.TryCreate(
            opened.Folder, opened.Log, GroupName.Parse(group), StartPosition.First, out long start);
        (ConsumerGroup Group, IDirectory Directory) joined = opened.TryJoin(group, Scenario.Keys > 0)!.Value;
        using (joined.Directory)
        {
            // Whoever made it may have failed before he could say so.
            Tell(new GroupMade(group, isNew ? start : joined.Group.Status(0).Floor, Scenario.Keys > 0));
            var trimmer = new Trimmer(opened.Folder, opened.Log, Process.Machine.Clock);
            Work(opened, joined.Group, trimmer);
            Leave(joined.Group, trimmer);
        }

        return true;
    }

    private void Work(Opened opened, ConsumerGroup member, Trimmer trimmer)
    {
        FolderOptions options = Opened.OptionsOf(Process);
        var letters = new DeadLetterBox(Opened.Name, GroupName.Parse(group), opened.AttachDead, options);
        try
        {
            using var claimer = new Claimer(opened.Log, member, GroupName.Parse(group), Process.Machine.Clock);
            var settler = new Settler(Opened.Name, member, letters);
            var ends = new Ends(Process, group, settler, mayRefuse: Scenario.Stops || Scenario.CanFail);
            for (int turn = 0, idle = 0; turn < Scenario.Claims && idle < IdleMax;)
            {
                WhateverHappens(CallEffects);
                member.Beat();
                if (member.OthersHoldLeases) member.Reap();
                IReadOnlyList<Delivery> deliveries = Claim(claimer);
                Start(member, deliveries);
                if (deliveries.Count > 0) Dawdle();
                if (deliveries.Count > 0) (turn, idle) = (turn + 1, 0);
                else if (++idle < IdleMax) Sleep(opened, member);
                Settle(member, deliveries, ends);
                if (Random.Next(4) == 0) Flush(member, trimmer);
            }
        }
        catch (Exception error) when (error is not KilledException)
        {
            Tell(new Retired(Process.Name));
            member.Abandon();
            throw;
        }
        finally
        {
            letters.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private IReadOnlyList<Delivery> Claim(Claimer claimer)
    {
        // Whoever was stopped goes on first: what he takes is his, until he is stopped again.
        Process.Look();
        Tell(new ClaimBegun(Process.Name));
        int sets = Process.Machine.Clock.Sets;
        IReadOnlyList<Delivery> deliveries = claimer.Claim(Random.Next(1, 5));
        Given[] given = [.. deliveries.Select(Opened.GivenOf)];
        SimClock clock = Process.Machine.Clock;
        Tell(new Claimed(group, Process.Name, given, Moment.Of(clock), clock.Sets == sets));
        return deliveries;
    }

    private void Start(ConsumerGroup member, IReadOnlyList<Delivery> deliveries)
    {
        if (deliveries.Count == 0) return;
        Tell(new StartBegun(group, [.. deliveries.Select(each => (each.Offset, each.Token))]));
        Delivery[] started = [.. deliveries.Where(each => member.TryStart(each.Token, each.Offset))];
        Tell(new Started(group, [.. started.Select(each => (each.Offset, each.Token))]));
    }

    private void Sleep(Opened opened, ConsumerGroup member)
    {
        bool mayWait = Scenario.Fails || Scenario.Delays || Scenario.GivesUp;
        TimeSpan time = mayWait && member.UntilDue is TimeSpan due && due < Idle ? due : Idle;
        opened.Log.SleepUnless(() => false, time > SleepMin ? time : SleepMin);
    }

    private void Settle(ConsumerGroup member, IReadOnlyList<Delivery> deliveries, Ends ends)
    {
        List<Settlement> said = [];
        foreach (Delivery delivery in deliveries)
        {
            // Asked right before the result is shown, as workers do; from then on anything may happen.
            bool shown = member.Holds(delivery.Token, delivery.Offset);
            if (shown) Tell(new Seen(delivery.Offset, Opened.TextOf(delivery.Message)));
            SettleOutcome outcome = shown && Random.Next(6) != 0 ? OutcomeOf(delivery) : SettleOutcome.Release;
            TimeSpan delay = outcome == SettleOutcome.Retry ? Random.NextDouble() * RetryDelayMax : TimeSpan.Zero;
            said.Add(new Settlement(delivery, outcome) { Delay = delay, Error = "it failed" });
        }

        ends.Announce(said);
        Dawdle();
        WhateverHappens(CallEffects);
        ends.Say(said);
    }

    private SettleOutcome OutcomeOf(Delivery delivery)
    {
        if (Scenario.GivesUp && delivery.Offset % PoisonOnceIn == 1)
            return Random.Next(2) == 0 ? SettleOutcome.Dead : SettleOutcome.Retry;
        return Scenario.Fails && Random.Next(3) == 0 ? SettleOutcome.Retry : SettleOutcome.Done;
    }

    /// <summary>Stopped where it matters most: with messages in its hands, that others may take over.</summary>
    private void Dawdle()
    {
        if (Scenario.Dawdles && Random.Next(4) == 0) Process.Stop(SomeTime(Random));
    }

    private void Flush(ConsumerGroup member, Trimmer trimmer)
    {
        WhateverHappens(CallEffects);
        Tell(new FlushBegun(group, Process.Name));
        long floor = member.Flush();
        Tell(new FlushEnded(group, Process.Name));
        trimmer.FloorIs(floor);
    }

    private void Leave(ConsumerGroup member, Trimmer trimmer)
    {
        Tell(new FlushBegun(group, Process.Name));
        Tell(new Retired(Process.Name, IsOrderly: true));
        long floor = member.Leave();
        Tell(new FlushEnded(group, Process.Name));
        trimmer.LastFloorIs(floor);
        member.Dispose();
    }
}
