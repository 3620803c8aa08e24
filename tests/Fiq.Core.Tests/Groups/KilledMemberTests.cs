using Fiq.Groups;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Groups;

/// <summary>A member is killed before each of its effects, one after the other; the other member goes on.</summary>
public sealed class KilledMemberTests : IDisposable
{
    private const long Readable = 1_000_000;
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Killed_while_claiming_it_has_claimed_all_or_nothing() => ForEachEffect(
        (victim, _) => victim.Claim(150, Readable),
        (before, after) => (after.Cursor - before.Cursor).Should().BeOneOf(0, 150));

    [Fact]
    public void Killed_while_claiming_what_was_returned_nothing_is_lost() => ForEachEffect(
        (victim, other) =>
        {
            var leases = other.Claim(100, Readable);
            other.End(done: false, [.. leases.SelectMany(Odd)]);
            foreach (var lease in leases)
                other.End(lease);
            return () => victim.Claim(130, Readable);
        },
        (before, after) => after.SettledMessages.Should().Be(before.SettledMessages));

    [Fact]
    public void Killed_while_settling_a_lease_it_has_settled_all_of_it_or_nothing() => ForEachEffect(
        (victim, _) =>
        {
            var lease = victim.Claim(20, Readable)[0];
            return () => victim.End(done: true, [.. Odd(lease)]);
        },
        (before, after) =>
        {
            var settled = after.SettledMessages - before.SettledMessages;
            settled.Should().BeOneOf(0, 10);
            (after.SettledMicroseconds != before.SettledMicroseconds).Should().Be(settled != 0);
        });

    [Fact]
    public void Killed_while_handing_back_nothing_is_settled_and_nothing_lost() => ForEachEffect(
        (victim, _) =>
        {
            var leases = victim.Claim(100, Readable);
            return () => victim.End(done: false, [.. leases.SelectMany(Odd)]);
        },
        (before, after) => after.SettledMessages.Should().Be(before.SettledMessages));

    [Fact]
    public void Killed_while_reaping_attempts_are_counted_once() => ForEachEffect(
        (victim, other) =>
        {
            var dead = _rig.Attach();
            var lease = dead.Claim(6, Readable)[0];
            dead.TryStart(lease.Token, lease.Offsets().First()).Should().BeTrue();
            dead.Abandon();
            return () =>
            {
                victim.Reap();
                var again = victim.Claim(6, Readable);
                again.Select(part => part.AttemptsBefore).Should().BeEquivalentTo([0, 1]);
                foreach (var part in again)
                    victim.End(part);
            };
        },
        (_, _) => { },
        other =>
        {
            // Whatever is left of the six: the started one has one attempt, the others none.
            var left = other.Claim(6, other.Status(0).Cursor);
            left.All(part => part.AttemptsBefore == (Bits.Count(part.Mask) == 1 ? 1 : 0)).Should().BeTrue();
            foreach (var part in left)
                other.End(part);
        });

    [Fact]
    public void Killed_while_flushing_nothing_settled_is_forgotten() => ForEachEffect(
        (victim, _) =>
        {
            foreach (var lease in victim.Claim(70, Readable))
                victim.End(lease);
            return () => victim.Flush();
        },
        (before, after) =>
        {
            after.SettledMessages.Should().Be(before.SettledMessages);
            TableRebuild.ReadOffsets(_rig.Folder, _rig.Context.QueueId).Sums.Floor
                .Should().BeGreaterThanOrEqualTo(GroupReader.ReadDurableFloor(_rig.Folder, _rig.Context));
        },
        other => other.Flush().Should().Be(other.Status(0).Floor));

    [Fact]
    public void Killed_while_leaving_everything_is_there() => ForEachEffect(
        (victim, _) =>
        {
            victim.End(done: true, [.. victim.Claim(10, Readable).SelectMany(Odd)]);
            return victim.Dispose;
        },
        (before, after) => after.SettledMessages.Should().Be(before.SettledMessages));

    [Fact]
    public void Killed_while_it_attaches_first_after_a_crash_the_next_one_attaches_and_nothing_is_lost()
    {
        var settled = 0L;
        for (var k = 0; ; k += 3)
        {
            var faults = new Faults();
            var dead = _rig.Attach();
            var lease = dead.Claim(30, Readable)[0];
            settled += dead.End(done: true, [.. Odd(lease)]).Count(accepted => accepted);
            dead.Abandon();
            faults.KillAfter(k);
            var killed = Dies(() => _rig.Attach(new FaultyDirectory(_rig.Folder, faults)).Abandon());

            _rig.Read(0).SettledMessages.Should().Be(settled);
            using var next = _rig.Attach();
            TableAudit.Check(_rig);
            next.Status(0).SettledMessages.Should().Be(settled);
            foreach (var part in next.Claim(100, next.Status(0).Cursor))
                settled += next.End(part).Count(accepted => accepted);
            if (!killed)
                break;
        }
    }

    private static IEnumerable<(LeaseToken Token, long Offset)> Odd(Lease lease) =>
        lease.Offsets().Where(offset => offset % 2 == 1).Select(offset => (lease.Token, offset));

    private static bool Dies(Action act)
    {
        try
        {
            act();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    private void ForEachEffect(Action<ConsumerGroup, ConsumerGroup> act, Action<GroupStatus, GroupStatus> law) =>
        ForEachEffect((victim, other) => () => act(victim, other), law);

    private void ForEachEffect(
        Func<ConsumerGroup, ConsumerGroup, Action> prepare,
        Action<GroupStatus, GroupStatus> law,
        Action<ConsumerGroup>? finish = null)
    {
        using var other = _rig.Attach();
        for (var k = 0; ; k++)
        {
            var faults = new Faults();
            var victim = _rig.Attach(new FaultyDirectory(_rig.Folder, faults));
            var act = prepare(victim, other);
            var before = other.Status(Readable);
            faults.KillAfter(k);
            var killed = Dies(act);
            victim.Abandon();
            other.Reap();
            TableAudit.Check(_rig);
            law(before, other.Status(Readable));
            finish?.Invoke(other);
            SettleAll(other);
            if (!killed)
                break;
        }
    }

    /// <summary>Everything taken so far is still there, and can be settled once.</summary>
    private static void SettleAll(ConsumerGroup member)
    {
        var status = member.Status(0);
        var left = member.Claim(100_000, status.Cursor);
        left.Offsets().Should().OnlyHaveUniqueItems().And.HaveCount((int)(status.Cursor - status.SettledMessages));
        foreach (var lease in left)
            member.End(lease).Should().AllBeEquivalentTo(true);
        member.Status(0).Floor.Should().Be(status.Cursor);
    }
}
