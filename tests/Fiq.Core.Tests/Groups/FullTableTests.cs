using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>When no place is left in the lease table.</summary>
public sealed class FullTableTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_comes_back_to_a_full_table_is_held_until_there_is_room_and_not_for_ever()
    {
        const int Wide = 20;
        using var member = _rig.Attach();
        var (wide, single) = FillUp(member, Wide);

        // Each failure needs an entry of its own, and those that are kept for what comes back are not enough.
        FailOneByOne(member, wide);

        var readable = (64 * Wide) + single.Count;
        var full = member.Status(readable);
        full.Retrying.Should().BeInRange(LeaseTable.EntriesKeptForSplits, (64 * Wide) - 1);
        full.Leased.Should().Be(readable - full.Retrying);
        foreach (var lease in single)
            member.End(lease).Should().Equal(true);
        member.Status(readable).Should().Match<GroupStatus>(s => s.Leased == 0 && s.Retrying == 64 * Wide);
        _rig.Time.Advance(Minute);
        var again = member.Claim(10_000, readable);
        again.Offsets().Order().Should().Equal(Enumerable.Range(0, 64 * Wide).Select(offset => (long)offset));
        again.Select(lease => lease.AttemptsBefore).Distinct().Should().Equal(1);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void Where_everything_fails_in_a_full_table_it_is_tried_again_when_its_time_comes()
    {
        const int Wide = 1_300;
        using var member = _rig.Attach();
        var (wide, single) = FillUp(member, Wide);
        var readable = (64 * Wide) + single.Count;

        foreach (var lease in wide)
            member.FailAll(lease, Minute).Should().NotContain(false);

        member.Status(readable).Should().Match<GroupStatus>(
            s => s.Leased == single.Count && s.Retrying == readable - single.Count);
        _rig.Time.Advance(Minute);
        for (var again = 0; again < 64 * Wide;)
        {
            var leases = member.Claim(8, readable);
            leases.Should().NotBeEmpty("something can always be taken");
            foreach (var lease in leases)
            {
                again += lease.Offsets().Count();
                member.End(lease).Should().NotContain(false);
            }
        }

        TableAudit.Check(_rig);
    }

    [Fact]
    public void A_lease_that_ends_in_several_ways_in_a_full_table_ends_as_a_whole()
    {
        using var member = _rig.Attach();
        var (wide, _) = FillUp(member, 20);
        var lease = wide[0];
        FailOneByOne(member, wide[1..]);

        member.Park(lease with { Mask = 0xFF }, _ => NowMicroseconds + 60_000_000).Should().NotContain(false);
        member.Fail(lease, 20, Minute).Should().BeTrue();
        member.End(done: false, [.. lease.Offsets().Where(at => at is >= 8 and not 20).Select(at => (lease.Token, at))])
            .Should().NotContain(false);

        member.Claim(64, 64).Should().BeEmpty();
        member.Holds(lease.Token, 63).Should().BeFalse();
        _rig.Time.Advance(2 * Minute);
        member.Claim(64, 64).Offsets().Should().Equal(Enumerable.Range(0, 64).Select(offset => (long)offset));
        TableAudit.Check(_rig);
    }

    [Fact]
    public void When_everything_fails_nothing_new_is_taken_and_the_status_says_why()
    {
        using var member = _rig.Attach();
        var stop = 0L;
        while (member.Claim(64, long.MaxValue / 2) is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                foreach (var offset in lease.Offsets())
                    member.Fail(lease, offset, Minute).Should().BeTrue();
            }

            stop += 64;
            stop.Should().BeLessThan(100_000);
        }

        member.Status(stop + 5).Should().Match<GroupStatus>(s => s.Retrying >= 32_768 && s.StopReason != null);
        _rig.Time.Advance(Minute);
        member.Claim(100, stop + 5).Offsets().Should().HaveCount(100);
    }

    [Fact]
    public void Of_more_failures_than_have_room_the_first_survive_a_power_cut()
    {
        const int Count = 64 * 600;
        const int Kept = 32_768;
        using (var member = _rig.Attach())
        {
            foreach (var lease in member.Claim(Count, Count))
                member.FailAll(lease, Minute).Should().NotContain(false);
            member.Flush();
        }

        _rig.Reboot();
        using var next = _rig.Attach();
        next.Status(Count).Should().Match<GroupStatus>(s => s.Retrying == Kept && s.Ready == Count - Kept);
        next.Claim(64, Count).Offsets().Should().StartWith(Kept);
    }

    [Fact]
    public void Neighbours_that_share_an_entry_need_no_more_of_them_than_before()
    {
        var random = new Random(19);
        var entries = new List<RecoveredEntry>();
        for (var at = 0L; at < 10_000; at += random.Next(64, 90))
        {
            var mask = (ulong)random.NextInt64();
            entries.Add(new RecoveredEntry(at, mask, 0));
            entries.Add(new RecoveredEntry(at, ~mask & Bits.Low(60), 3) { Priority = 2 });
        }

        RecoveredEntry[] fitted = [.. Ascending.Of(entries, isCrowded: true)];

        fitted.Length.Should().BeLessThanOrEqualTo(entries.Count / 2);
        OffsetsOf(fitted).Should().Equal(OffsetsOf(entries).Order());
        fitted.Should().OnlyContain(entry => entry.Attempts == 3 && entry.Priority == 2);
    }

    private static IEnumerable<long> OffsetsOf(IEnumerable<RecoveredEntry> entries) => entries.SelectMany(
        entry => Enumerable.Range(0, 64).Where(i => (entry.Pending >> i & 1) == 1).Select(i => entry.Start + i));

    /// <summary>Takes as much as may be taken: some leases of 64, and then one message at a time.</summary>
    private static (Lease[] Wide, List<Lease> Single) FillUp(ConsumerGroup member, int wideCount)
    {
        Lease[] wide = [.. member.Claim(64 * wideCount, 64L * wideCount)];
        var single = new List<Lease>();
        for (var end = (64L * wideCount) + 1; member.Claim(1, end) is { Count: > 0 } one; end++)
            single.AddRange(one);
        return (wide, single);
    }

    private static void FailOneByOne(ConsumerGroup member, IEnumerable<Lease> leases)
    {
        foreach (var lease in leases)
        {
            foreach (var offset in lease.Offsets())
                member.Fail(lease, offset, Minute).Should().BeTrue();
        }
    }

    private long NowMicroseconds => new GroupClock(_rig.Time).Wall;
}
