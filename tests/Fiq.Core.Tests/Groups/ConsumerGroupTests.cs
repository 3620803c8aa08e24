using Fiq.Groups;

namespace Fiq.Tests.Groups;

public sealed class ConsumerGroupTests : IDisposable
{
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Claims_come_in_the_order_of_offsets()
    {
        using var member = _rig.Attach();

        member.Claim(100, 1_000).Offsets().Should().Equal(Enumerable.Range(0, 100).Select(i => (long)i));
        member.Claim(3, 1_000).Offsets().Should().Equal(100, 101, 102);
    }

    [Fact]
    public void Nothing_is_claimed_beyond_what_is_readable()
    {
        using var member = _rig.Attach();

        member.Claim(100, 3).Offsets().Should().Equal(0, 1, 2);
        member.Claim(100, 3).Should().BeEmpty();
    }

    [Fact]
    public void Returned_messages_come_first_and_lowest_first()
    {
        using var member = _rig.Attach();
        var leases = member.Claim(200, 1_000);
        member.End(leases[2], done: false).Should().AllBeEquivalentTo(true);
        member.End(leases[0], done: false).Should().AllBeEquivalentTo(true);

        member.Claim(70, 1_000).Offsets().Should().Equal(
            leases[0].Offsets().Concat(leases[2].Offsets().Take(6)));
        member.Claim(70, 1_000).Offsets().Should().Equal(
            leases[2].Offsets().Skip(6).Concat(Enumerable.Range(200, 12).Select(i => (long)i)));
    }

    [Fact]
    public void Two_members_never_get_the_same_message()
    {
        using var first = _rig.Attach();
        using var second = _rig.Attach();

        var all = Enumerable.Range(0, 50).SelectMany(i => (i % 2 == 0 ? first : second).Claim(7, 1_000).Offsets());

        all.Should().HaveCount(350).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_settled_message_does_not_come_again()
    {
        using (var member = _rig.Attach())
            member.End(member.Claim(5, 10)[0]).Should().Equal(true, true, true, true, true);

        using var next = _rig.Attach();
        next.Claim(10, 10).Offsets().Should().Equal(5, 6, 7, 8, 9);
        next.DurableFloor.Should().Be(5);
    }

    [Fact]
    public void A_message_is_settled_once()
    {
        using var member = _rig.Attach();
        var lease = member.Claim(1, 10)[0];

        member.End(lease).Should().Equal(true);
        member.End(lease).Should().Equal(false);
        member.LostSettlements.Should().Be(1);
        member.End(done: true, (lease.Token, 5)).Should().Equal(false);
    }

    [Fact]
    public void A_message_named_twice_in_one_call_is_settled_once()
    {
        using var member = _rig.Attach();
        var lease = member.Claim(2, 10)[0];

        member.End(done: true, (lease.Token, 0), (lease.Token, 0)).Should().Equal(true, false);
        member.Status(10).SettledMessages.Should().Be(1);
    }

    [Fact]
    public void What_the_dead_held_comes_again_and_what_they_had_started_counts_as_an_attempt()
    {
        var dead = _rig.Attach();
        using var other = _rig.Attach();
        var lease = dead.Claim(4, 4)[0];
        dead.TryStart(lease.Token, 1).Should().BeTrue();
        dead.End(done: true, (lease.Token, 3));
        other.OthersHoldLeases.Should().BeTrue();
        other.Reap().Should().Be(0, "it lives");

        dead.Abandon();

        other.Reap().Should().Be(3);
        other.OthersHoldLeases.Should().BeFalse();
        var again = other.Claim(10, 4);
        again.Offsets().Should().BeEquivalentTo(new long[] { 0, 1, 2 });
        again.Single(part => part.Offsets().Contains(1)).AttemptsBefore.Should().Be(1);
        again.Single(part => part.Offsets().Contains(0)).AttemptsBefore.Should().Be(0);
    }

    [Fact]
    public void What_was_done_and_not_yet_settled_costs_no_attempt()
    {
        var dead = _rig.Attach();
        using var other = _rig.Attach();
        var lease = dead.Claim(2, 10)[0];
        dead.TryStart(lease.Token, 0).Should().BeTrue();
        dead.TryStart(lease.Token, 1).Should().BeTrue();
        dead.Finish(lease.Token, 0);
        dead.Finish(lease.Token, 5);

        dead.Abandon();

        other.Reap().Should().Be(2);
        var again = other.Claim(2, 10);
        again.Single(part => part.Offsets().Contains(0)).AttemptsBefore.Should().Be(0);
        again.Single(part => part.Offsets().Contains(1)).AttemptsBefore.Should().Be(1);
    }

    [Fact]
    public void Who_has_lost_a_lease_forgives_nobody_else_an_attempt()
    {
        using var hanging = _rig.Attach();
        using var last = _rig.Attach();
        var other = _rig.Attach();
        var lease = hanging.Claim(1, 10)[0];
        hanging.TryStart(lease.Token, 0).Should().BeTrue();
        _rig.Time.Advance(TimeSpan.FromSeconds(11));
        other.Beat();
        last.Beat();
        other.Reap().Should().Be(1);
        other.TryStart(other.Claim(1, 10)[0].Token, 0).Should().BeTrue();

        hanging.Finish(lease.Token, 0);

        other.Abandon();
        last.Reap().Should().Be(1);
        last.Claim(1, 10)[0].AttemptsBefore.Should().Be(2);
    }

    [Fact]
    public void What_is_handed_back_counts_no_attempt_even_if_it_was_started()
    {
        using var other = _rig.Attach();
        using (var member = _rig.Attach())
        {
            var lease = member.Claim(2, 10)[0];
            member.TryStart(lease.Token, 0).Should().BeTrue();
        }

        other.Claim(2, 10).Should().ContainSingle().Which.AttemptsBefore.Should().Be(0);
    }

    [Fact]
    public void A_hanging_member_loses_its_leases_and_may_go_on_claiming_when_it_wakes()
    {
        using var hanging = _rig.Attach();
        using var other = _rig.Attach();
        var lease = hanging.Claim(2, 10)[0];
        hanging.TryStart(lease.Token, 0).Should().BeTrue();
        _rig.Time.Advance(TimeSpan.FromSeconds(11));
        other.Beat();

        other.Reap().Should().Be(2);
        var taken = other.Claim(2, 10);

        taken.Select(part => part.AttemptsBefore).Should().Equal(1, 0);
        hanging.Holds(lease.Token, 0).Should().BeFalse();
        hanging.TryStart(lease.Token, 1).Should().BeFalse();
        hanging.End(lease).Should().Equal(false, false);
        hanging.LostSettlements.Should().Be(2);
        hanging.Claim(2, 10).Offsets().Should().Equal(2, 3);
        other.End(taken[0]).Should().Equal(true);
    }

    [Fact]
    public void A_token_of_an_older_table_is_refused()
    {
        var dead = _rig.Attach();
        var lease = dead.Claim(2, 10)[0];
        dead.Abandon();

        using var next = _rig.Attach();
        var again = next.Claim(2, 10)[0];

        again.Offsets().Should().Equal(0, 1);
        next.Holds(lease.Token, 0).Should().BeFalse();
        next.End(lease).Should().Equal(false, false);
    }

    [Fact]
    public void Settlements_survive_the_death_of_every_process()
    {
        var dead = _rig.Attach();
        var lease = dead.Claim(10, 10)[0];
        dead.End(done: true, (lease.Token, 0), (lease.Token, 4));
        dead.Abandon();

        _rig.Read(10).SettledMessages.Should().Be(2);
        using var next = _rig.Attach();
        next.Status(10).SettledMicroseconds.Should().Be(6);
        next.Claim(10, 10).Offsets().Should().Equal(1, 2, 3, 5, 6, 7, 8, 9);
        GroupReader.ReadDurableFloor(_rig.Folder, _rig.Context).Should().Be(1);
    }

    [Fact]
    public void After_a_power_cut_only_what_was_not_flushed_comes_again()
    {
        var dead = _rig.Attach();
        var lease = dead.Claim(10, 10)[0];
        dead.End(done: true, (lease.Token, 0), (lease.Token, 4));
        dead.NeedsFlush.Should().BeTrue();
        dead.Flush().Should().Be(1);
        dead.NeedsFlush.Should().BeFalse();
        dead.End(done: true, (lease.Token, 1));
        dead.Abandon();
        _rig.Reboot();

        using var next = _rig.Attach();
        next.Status(10).SettledMicroseconds.Should().Be(6);
        next.Claim(10, 10).Offsets().Should().Equal(1, 2, 3, 5, 6, 7, 8, 9);
    }
}
