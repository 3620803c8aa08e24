using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Scenarios;

namespace Fiq.Simulation.Laws;

/// <summary>
/// Takes and settles everything that a group has not settled: each message once, as it is in the log, not before its
/// time, with its attempts, and where they come by their keys, in order.
/// </summary>
/// <param name="ledger">What is known.</param>
/// <param name="ending">What kind of end came before.</param>
/// <param name="opened">The queue.</param>
/// <param name="name">The group.</param>
internal sealed class Draining(Ledger ledger, Ending ending, Opened opened, GroupName name)
{
    private static readonly TimeSpan SleepMin = TimeSpan.FromMilliseconds(1);

    private readonly GroupLedger? _group = ledger.Groups.GetValueOrDefault(name.ToString());
    private readonly Moment _start = Moment.Of(opened.Process.Machine.Clock);
    private readonly List<long> _delivered = [];
    private Dictionary<long, string> _messages = [];

    /// <summary>Does it.</summary>
    /// <exception cref="LawBrokenException">A law does not hold.</exception>
    public void Run()
    {
        (ConsumerGroup group, IDirectory directory) = opened.TryJoin(name.ToString(), _group?.IsOrdered)!.Value;
        using (directory)
        using (group)
        {
            long end = opened.Log.Watermark.Offset;
            GroupStatus before = group.Status(end);
            var expected = new SortedSet<long>(Inspection.Range(before.Cursor, end));
            foreach (OffsetRun run in before.Unsettled) expected.UnionWith(Inspection.Range(run.From, run.To));
            long waiting = before.Delayed + before.Retrying;
            LawBrokenException.Unless(
                before.Ready + waiting == expected.Count && before.Leased == 0, "I5",
                $"{name} says {before.Ready} are ready and {waiting} wait, of {expected.Count}");
            _messages = opened.ReadAll().ToDictionary(each => each.Offset, each => each.Body);
            using var claimer = new Claimer(opened.Log, group, name, opened.Process.Machine.Clock);
            while (Next(opened, group, claimer) is { Count: > 0 } deliveries)
            {
                Given[] given = [.. deliveries.Select(Opened.GivenOf)];
                Tell(new Claimed(name.ToString(), opened.Process.Name, given, Now, IsWallSteady: true));
                Check(given, expected);
                Settle(group, given);
            }

            LawBrokenException.Unless(
                _delivered.Count == expected.Count && expected.SetEquals(_delivered), "I5",
                $"{name} was given {_delivered.Count} of {expected.Count} messages");
            Tell(new FlushBegun(name.ToString(), opened.Process.Name));
            LawBrokenException.Unless(group.Flush() == end, "I14", $"{name} is not drained");
            Tell(new FlushEnded(name.ToString(), opened.Process.Name));
        }
    }

    private Moment Now => Moment.Of(opened.Process.Machine.Clock);

    /// <summary>What comes next, when its time has come; nothing when nothing waits either.</summary>
    public static IReadOnlyList<Delivery> Next(Opened opened, ConsumerGroup group, Claimer claimer)
    {
        while (true)
        {
            IReadOnlyList<Delivery> deliveries = claimer.Claim(64);
            if (deliveries.Count > 0 || group.UntilDue is not TimeSpan due) return deliveries;
            opened.Process.Rest(due > SleepMin ? due : SleepMin);
        }
    }

    private void Check(Given[] given, SortedSet<long> expected)
    {
        var keys = new HashSet<string>();
        foreach (Given each in given)
        {
            LawBrokenException.Unless(
                each.Body == _messages[each.Offset], "I3", $"offset {each.Offset} is delivered as something else");
            DeliveryLaws.CheckTime(name.ToString(), each, Now);
            if (_group is not null && ending < Ending.Lied) CheckAttempts(_group, each);
            if (_group is { IsOrdered: true }) CheckKey(each, expected, keys);
            _delivered.Add(each.Offset);
        }
    }

    private void CheckAttempts(GroupLedger group, Given given)
    {
        bool isAllKnown = ending == Ending.Killed;
        AttemptLedger attempts = group.Attempts;
        int least = isAllKnown ? group.LeastAttempts(given.Offset) : attempts.DurableOf(given.Offset);
        long due = isAllKnown ? attempts.DueOf(given.Offset) : attempts.DurableDueOf(given.Offset, _start);
        DeliveryLaws.CheckLeast(name.ToString(), given, least);
        DeliveryLaws.CheckMost(name.ToString(), given, attempts.MostOf(given.Offset));
        DeliveryLaws.CheckDue(name.ToString(), given, Now, due);
    }

    /// <summary>Of what was not settled when this began a key's next comes when the one before it is settled.</summary>
    private void CheckKey(Given given, SortedSet<long> expected, HashSet<string> keys)
    {
        string key = Traits.Of(given.Body).Key;
        long next = expected.First(
            offset => !_delivered.Contains(offset) && Traits.Of(_messages[offset]).Key == key);
        LawBrokenException.Unless(
            next == given.Offset, "I4", $"offset {given.Offset} of {name} came before {next}, of the same key");
        LawBrokenException.Unless(
            keys.Add(key), "I4", $"offset {given.Offset} of {name} came together with another one of its key");
    }

    private void Settle(ConsumerGroup group, Given[] given)
    {
        SettledOffset[] ends = [.. given.Select(each => new SettledOffset(each.Token, each.Offset, 1_000, Done: true))];
        (long, LeaseToken)[] leases = [.. given.Select(each => (each.Offset, each.Token))];
        bool[] accepted = new bool[ends.Length];
        Tell(new SettleBegun(name.ToString(), leases));
        group.Settle(ends, accepted);
        LawBrokenException.Unless(accepted.All(each => each), "I7", $"a settlement of {name} was refused");
        Tell(new SettleEnded(name.ToString(), leases, []));
    }

    private void Tell(Fact fact)
    {
        if (_group is not null) opened.Process.Machine.History.Tell(fact);
    }
}
