using Fiq.Groups;

namespace Fiq.Tests.Groups;

public sealed class OrderedTests : IDisposable
{
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Equal_keys_come_one_at_a_time_in_order_and_different_ones_side_by_side()
    {
        using var member = _rig.Attach(ordered: true);
        member.AdmitTo(9, offset => (ulong)(offset % 3) + 1);

        var first = member.Claim(9, 9);
        first.Offsets().Should().Equal(0, 1, 2);
        member.Claim(9, 9).Should().BeEmpty();
        member.End(first[1]).Should().Equal(true);

        member.Claim(9, 9).Offsets().Should().Equal(4);
        member.End(first[0]);
        member.Claim(9, 9).Offsets().Should().Equal(3);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void Nothing_is_taken_before_it_was_looked_at()
    {
        using var member = _rig.Attach(ordered: true);

        member.Claim(10, 10).Should().BeEmpty();
        member.Admission.Unexamined(3, 10).Should().Equal(new UnexaminedPiece(-1, 0, 7));
    }

    [Fact]
    public void Whoever_comes_second_with_what_he_read_is_not_heard()
    {
        using var first = _rig.Attach(ordered: true);
        using var second = _rig.Attach(ordered: true);
        var pieces = first.Admission.Unexamined(10, 10);
        var same = second.Admission.Unexamined(10, 10);

        first.Admission.TryAdmit(pieces, [.. GroupCalls.Seen(pieces, _ => 7)]).Should().BeTrue();
        second.Admission.TryAdmit(same, [.. GroupCalls.Seen(same, _ => 7)]).Should().BeFalse();

        second.Claim(10, 10).Offsets().Should().Equal(0);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void A_failed_message_holds_up_its_key_and_no_other()
    {
        using var member = _rig.Attach(ordered: true);
        member.AdmitTo(4, offset => offset < 2 ? 1UL : 2UL);
        var leases = member.Claim(4, 4);
        member.Fail(leases[0], 0, TimeSpan.FromMinutes(1)).Should().BeTrue();
        member.End(leases[1]);

        member.Claim(4, 4).Offsets().Should().Equal(3);
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        var again = member.Claim(4, 4);
        again.Offsets().Should().Equal(0);
        again[0].AttemptsBefore.Should().Be(1);
        member.End(again[0]);
        member.Claim(4, 4).Offsets().Should().Equal(1);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void A_dead_members_message_comes_before_the_next_of_its_key()
    {
        var dying = _rig.Attach(ordered: true);
        dying.AdmitTo(4, _ => 5);
        dying.Claim(4, 4).Offsets().Should().Equal(0);
        dying.Abandon();

        using var member = _rig.Attach(ordered: true);
        member.Claim(4, 4).Should().BeEmpty("a new table has looked at nothing");
        member.AdmitTo(4, _ => 5);
        for (var i = 0; i < 4; i++)
        {
            var lease = member.Claim(4, 4).Should().ContainSingle().Subject;
            lease.Offsets().Should().Equal(i);
            member.End(lease);
        }

        TableAudit.Check(_rig);
    }

    [Fact]
    public void A_million_messages_of_one_key_are_held_back_and_others_pass()
    {
        using var member = _rig.Attach(ordered: true);
        member.AdmitTo(1_000_000, _ => 1, atATime: 4_096);
        member.AdmitTo(1_000_100, offset => (ulong)offset, atATime: 4_096);

        member.Status(1_000_100).StopReason.Should().BeNull();
        var leases = member.Claim(200, 1_000_100);
        leases.Offsets().Should().HaveCount(101).And.StartWith(0);
        foreach (var lease in leases)
            member.End(lease);
        member.Claim(200, 1_000_100).Offsets().Should().Equal(1);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void All_members_go_by_the_order_of_keys_or_none_does()
    {
        using var member = _rig.Attach(ordered: true);

        _rig.Invoking(rig => rig.Attach(ordered: false)).Should().Throw<FiqException>()
            .Where(error => error.Code == ErrorCode.GroupActive);
        using var any = _rig.Attach(ordered: null);
        any.IsOrdered.Should().BeTrue();
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(20_261_127, 1)]
    [InlineData(5, 20)]
    [InlineData(6, 150)]
    public void At_random_each_key_stays_in_order_whoever_dies(int seed, int runMax)
    {
        var random = new Random(seed);
        var keys = RunsOfKeys(random, 2_000, runMax);
        var done = new List<long>();
        var held = new Dictionary<long, (ConsumerGroup Member, LeaseToken Token)>();
        var members = new List<ConsumerGroup>();
        while (done.Count < keys.Length)
        {
            if (members.Count < 3)
                members.Add(_rig.Attach(ordered: true));
            var member = members[random.Next(members.Count)];
            switch (random.Next(20))
            {
                case < 6:
                    var pieces = member.Admission.Unexamined(random.Next(1, 300), keys.Length);
                    member.Admission.TryAdmit(pieces, [.. GroupCalls.Seen(pieces, offset => keys[offset])])
                        .Should().BeTrue();
                    break;
                case < 12:
                    foreach (var lease in member.Claim(random.Next(1, 30), keys.Length))
                    {
                        foreach (var offset in lease.Offsets())
                            held.Add(offset, (member, lease.Token));
                    }

                    break;
                case < 18:
                    foreach (var (offset, (_, token)) in held.Where(pair => pair.Value.Member == member)
                        .OrderBy(_ => random.Next()).Take(random.Next(20)).ToArray())
                    {
                        held.Remove(offset);
                        if (random.Next(6) == 0)
                            member.End(done: false, (token, offset)).Should().Equal(true);
                        else if (member.End(done: true, (token, offset))[0])
                            done.Add(offset);
                    }

                    break;
                case 18 when random.Next(4) == 0:
                    members.Remove(member);
                    if (random.Next(2) == 0)
                        member.Abandon();
                    else
                        member.Dispose();
                    foreach (var offset in held.Where(pair => pair.Value.Member == member).Select(p => p.Key).ToArray())
                        held.Remove(offset);
                    break;
                default:
                    member.Reap();
                    TableAudit.Check(_rig);
                    break;
            }

            held.Keys.Where(offset => keys[offset] != 0).Select(offset => keys[offset])
                .Should().OnlyHaveUniqueItems("one message of a key at a time");
        }

        foreach (var key in done.Where(offset => keys[offset] != 0).GroupBy(offset => keys[offset]))
            key.Should().BeInAscendingOrder();
        done.Should().OnlyHaveUniqueItems();
        members.ForEach(member => member.Dispose());
        TableAudit.Check(_rig);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(7)]
    public void What_waits_behind_one_key_takes_an_entry_for_64_of_it_however_it_was_read(int atATime)
    {
        using var member = _rig.Attach(ordered: true);

        member.AdmitTo(6_401, _ => 7, atATime);

        TableAudit.Check(_rig);
        TableAudit.EntriesUsed(_rig).Should().Be(101, "one is active, and the others lie side by side");
        for (var offset = 0; offset < 200; offset++)
        {
            var lease = member.Claim(9, 6_401).Should().ContainSingle().Subject;
            lease.Offsets().Should().Equal(offset);
            member.End(lease);
        }
    }

    [Fact]
    public void Of_one_key_the_order_counts_more_than_priorities()
    {
        using var member = _rig.Attach(ordered: true);
        var pieces = member.Admission.Unexamined(30, 30);
        member.Admission.TryAdmit(pieces, [.. GroupCalls.Seen(pieces, _ => 7).Select(seen =>
            seen with { Priority = (int)(seen.Offset / 3 % 3) })]).Should().BeTrue();

        for (var offset = 0; offset < 30; offset++)
        {
            var lease = member.Claim(9, 30).Should().ContainSingle().Subject;
            lease.Offsets().Should().Equal(offset);
            member.End(lease);
        }

        TableAudit.Check(_rig);
    }

    /// <summary>Keys of neighbouring messages; some share a bucket, some have none.</summary>
    private static ulong[] RunsOfKeys(Random random, int count, int runMax)
    {
        var keys = new List<ulong>();
        while (keys.Count < count)
        {
            var key = (ulong)random.Next(0, 40);
            if (key > 30)
                key = ((key - 30) << 32) + 1;
            keys.AddRange(Enumerable.Repeat(key, random.Next(1, runMax + 1)));
        }

        return [.. keys.Take(count)];
    }
}
