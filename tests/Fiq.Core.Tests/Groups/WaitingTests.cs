using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>Messages that failed, and messages whose time has not come.</summary>
public sealed class WaitingTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_failed_message_comes_again_when_its_delay_is_over_and_not_before()
    {
        using var member = _rig.Attach();
        var lease = member.Claim(3, 3)[0];
        member.Fail(lease, 1, Minute).Should().BeTrue();
        member.End(done: true, (lease.Token, 0), (lease.Token, 2)).Should().Equal(true, true);

        member.Status(3).Should().Match<GroupStatus>(s => s.Retrying == 1 && s.Ready == 0 && s.Delayed == 0);
        _rig.Time.Advance(Minute - TimeSpan.FromTicks(1));
        member.Claim(3, 3).Should().BeEmpty();
        member.UntilDue.Should().BeCloseTo(TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        _rig.Time.Advance(TimeSpan.FromTicks(1));

        var again = member.Claim(3, 3).Should().ContainSingle().Subject;
        again.Offsets().Should().Equal(1);
        again.AttemptsBefore.Should().Be(1);
        again.WasInterrupted.Should().BeFalse();
        member.UntilDue.Should().BeNull();
        TableAudit.Check(_rig);
    }

    [Fact]
    public void An_attempt_that_ended_with_its_process_counts_and_is_marked()
    {
        var dying = _rig.Attach();
        var lease = dying.Claim(2, 2)[0];
        dying.TryStart(lease.Token, 1).Should().BeTrue();
        dying.Abandon();

        using var member = _rig.Attach();
        var leases = member.Claim(2, 2);

        leases.Single(each => each.Offsets().Contains(0)).Should().Match<Lease>(
            each => each.AttemptsBefore == 0 && !each.WasInterrupted);
        leases.Single(each => each.Offsets().Contains(1)).Should().Match<Lease>(
            each => each.AttemptsBefore == 1 && each.WasInterrupted);
    }

    [Fact]
    public void Failures_survive_a_power_cut_with_attempts_time_and_reason()
    {
        using (var member = _rig.Attach())
        {
            var lease = member.Claim(4, 4)[0];
            member.Fail(lease, 2, Minute, "exit 3").Should().BeTrue();
            member.End(done: true, (lease.Token, 0));
        }

        _rig.Reboot();
        GroupReader.ReadRetry(_rig.Folder, _rig.Context, 2)!.Value.Should().Match<RetryNote>(
            note => note.Attempts == 1 && note.Error == "exit 3");
        using var next = _rig.Attach();

        next.Claim(10, 4).Offsets().Should().Equal(1, 3);
        next.Status(4).Retrying.Should().Be(1);
        _rig.Time.Advance(Minute);
        var again = next.Claim(10, 4)[0];
        again.AttemptsBefore.Should().Be(1);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void A_new_offset_file_carries_failures_along_until_they_are_settled()
    {
        using var member = _rig.Attach();
        var lease = member.Claim(4, 4)[0];
        member.Fail(lease, 1, Minute, "first");
        member.Fail(lease, 2, Minute, "second");
        member.Flush();
        _rig.Time.Advance(Minute);
        member.End(member.Claim(1, 4)[0]);
        // A flusher that died at work makes the next one write a new file.
        File.Delete(_rig.PathOf(OffsetFileWriter.Name));
        member.Flush();

        GroupReader.ReadRetry(_rig.Folder, _rig.Context, 1).Should().BeNull();
        var kept = GroupReader.ReadRetry(_rig.Folder, _rig.Context, 2);
        kept.Should().BeNull("its file was taken away, and only the table knew it");
        member.Fail(member.Claim(1, 4)[0], 2, Minute, "third").Should().BeTrue();
        member.Flush();
        GroupReader.ReadRetry(_rig.Folder, _rig.Context, 2)!.Value.Error.Should().Be("third");
    }

    [Fact]
    public void After_a_reboot_nothing_waits_longer_than_it_was_told_to_although_the_clock_was_set_back()
    {
        using (var member = _rig.Attach())
            member.Fail(member.Claim(1, 1)[0], 0, Minute);
        _rig.Reboot();
        _rig.Time.SetWall(TimeSpan.FromHours(-5));

        using var next = _rig.Attach();
        next.Claim(1, 1).Should().BeEmpty();
        _rig.Time.Advance(Minute);
        next.Claim(1, 1).Should().ContainSingle();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void A_million_delayed_messages_fit_and_pass_nobody_by(int priorities)
    {
        using var member = _rig.Attach();
        var hour = NowMicroseconds + (3_600 * 1_000_000L);
        for (var i = 0; i < 1_000_000; i += 10_000)
        {
            foreach (var lease in member.Claim(10_000, 1_000_000))
                member.Park(lease, at => hour + at, at => (int)(at % priorities)).Contains(false).Should().BeFalse();
        }

        member.Claim(5, 1_000_003).Offsets().Should().Equal(1_000_000, 1_000_001, 1_000_002);
        var status = member.Status(1_000_003);
        status.Delayed.Should().Be(1_000_000);
        status.StopReason.Should().BeNull();
        _rig.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(10));
        // An entry comes back as a whole when the first of it is due; whoever reads it gives back the others.
        member.Claim(64, 1_000_003).Offsets().Should().StartWith(priorities - 1);
        _rig.Time.Advance(Minute);
        while (member.Claim(100_000, 1_000_003) is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
                member.End(lease).Contains(false).Should().BeFalse();
        }

        member.Status(1_000_003).Should().Match<GroupStatus>(s => s.Leased == 3 + 64 && s.Ready == 0 && s.Delayed == 0);
    }

    [Fact]
    public void What_is_delayed_for_ever_is_not_taken_by_a_clock_of_nanoseconds()
    {
        using var rig = new GroupRig(time: TimeProvider.System);
        using var member = rig.Attach();
        var lease = member.Claim(3, 3)[0];
        member.Park(lease with { Mask = 1 }, _ => long.MaxValue).Should().Equal(true);
        member.Park(lease with { Mask = 2 }, _ => DateTimeOffset.MaxValue.Ticks / 10).Should().Equal(true);
        member.Fail(lease, 2, TimeSpan.MaxValue).Should().BeTrue();

        member.Claim(3, 3).Should().BeEmpty();
        member.Status(3).Should().Match<GroupStatus>(s => s.Delayed == 2 && s.Retrying == 1);
    }

    [Fact]
    public void A_table_of_this_boot_that_is_built_anew_lets_nothing_go_before_its_time()
    {
        using (var member = _rig.Attach())
            member.Park(member.Claim(2, 2)[0], _ => NowMicroseconds + 60_000_000).Should().NotContain(false);

        using var next = _rig.Attach();
        next.Claim(2, 2).Should().BeEmpty();
        next.Status(2).Delayed.Should().Be(2);
    }

    [Fact]
    public void A_failed_message_keeps_its_priority()
    {
        using var member = _rig.Attach();
        var lease = member.Claim(2, 2)[0];
        member.Fail(lease, 1, Minute, priority: 9).Should().BeTrue();
        member.End(done: false, (lease.Token, 0));
        _rig.Time.Advance(Minute);
        member.Claim(1, 2).Offsets().Should().Equal(1);
    }

    [Fact]
    public void When_the_clock_is_set_what_waits_for_a_time_is_looked_at_again_and_what_failed_is_not()
    {
        using var member = _rig.Attach();
        var leases = member.Claim(2, 2);
        var tomorrow = NowMicroseconds + (24 * 3_600 * 1_000_000L);
        member.Fail(leases[0], 1, Minute);
        member.Park(leases[0] with { Mask = 1 }, _ => tomorrow).Should().Equal(true);
        member.Claim(2, 2).Should().BeEmpty();

        _rig.Time.SetWall(TimeSpan.FromDays(2));

        member.Claim(2, 2).Offsets().Should().Equal(0);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void Delays_and_failures_outlive_the_processes_of_this_boot()
    {
        var member = _rig.Attach();
        var lease = member.Claim(3, 3)[0];
        member.Fail(lease, 1, Minute);
        member.Park(lease with { Mask = 1 }, _ => NowMicroseconds + 30_000_000, _ => 7);
        member.Abandon();

        _rig.Read(3).Should().Match<GroupStatus>(s => s.Retrying == 1 && s.Delayed == 1 && s.Ready == 1);
        using var next = _rig.Attach();
        next.Claim(3, 3).Offsets().Should().Equal(2);
        _rig.Time.Advance(TimeSpan.FromSeconds(30));
        next.Claim(3, 3).Offsets().Should().Equal(0);
        _rig.Time.Advance(Minute);
        next.Claim(3, 3).Offsets().Should().Equal(1);
        TableAudit.Check(_rig);
    }

    private long NowMicroseconds => new GroupClock(_rig.Time).Wall;
}
