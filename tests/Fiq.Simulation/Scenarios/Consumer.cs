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
        (ConsumerGroup Group, IDirectory Directory) joined = opened.TryJoin(group)!.Value;
        using (joined.Directory)
        {
            // Whoever made it may have failed before he could say so.
            Tell(new GroupMade(group, isNew ? start : joined.Group.Status(0).Floor));
            var trimmer = new Trimmer(opened.Folder, opened.Log, Process.Machine.Clock);
            Work(opened, joined.Group, trimmer);
            Leave(joined.Group, trimmer);
        }

        return true;
    }

    private void Work(Opened opened, ConsumerGroup member, Trimmer trimmer)
    {
        try
        {
            using var claimer = new Claimer(opened.Log, member, GroupName.Parse(group), Process.Machine.Clock);
            for (int turn = 0, idle = 0; turn < Scenario.Claims && idle < IdleMax;)
            {
                WhateverHappens(CallEffects);
                member.Beat();
                if (member.OthersHoldLeases) member.Reap();
                // Whoever was stopped goes on first: what he takes is his, until he is stopped again.
                Process.Look();
                Tell(new ClaimBegun(Process.Name));
                IReadOnlyList<Delivery> deliveries = claimer.Claim(Random.Next(1, 5));
                Tell(Claimed.By(group, Process.Name, deliveries));
                foreach (Delivery delivery in deliveries) member.TryStart(delivery.Token, delivery.Offset);
                if (deliveries.Count > 0) Dawdle();
                if (deliveries.Count > 0) (turn, idle) = (turn + 1, 0);
                else if (++idle < IdleMax) opened.Log.SleepUnless(() => false, Idle);
                Settle(member, deliveries);
                if (Random.Next(4) == 0) Flush(member, trimmer);
            }
        }
        catch (Exception error) when (error is not KilledException)
        {
            Tell(new Retired(Process.Name));
            member.Abandon();
            throw;
        }
    }

    private void Settle(ConsumerGroup member, IReadOnlyList<Delivery> deliveries)
    {
        List<SettledOffset> ends = [];
        foreach (Delivery delivery in deliveries)
        {
            // Asked right before the result is shown, as workers do; from then on anything may happen.
            bool shown = member.Holds(delivery.Token, delivery.Offset);
            if (shown) Tell(new Seen(delivery.Offset, Opened.TextOf(delivery.Message)));
            ends.Add(new SettledOffset(delivery.Token, delivery.Offset, 1_000, shown && Random.Next(6) != 0));
        }

        long[] tried = [.. ends.Where(end => end.Done).Select(end => end.Offset)];
        bool[] accepted = new bool[ends.Count];
        Tell(new SettleBegun(group, tried));
        Tell(ReturnBegun.Of(group, ends.Where(end => !end.Done)));
        Dawdle();
        WhateverHappens(CallEffects);
        member.Settle(ends.ToArray(), accepted);
        Tell(SettleEnded.Of(group, ends.Where((end, i) => end.Done && accepted[i])));
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
