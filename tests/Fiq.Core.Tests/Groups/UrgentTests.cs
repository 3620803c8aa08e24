using Fiq.Groups;

namespace Fiq.Tests.Groups;

public sealed class UrgentTests : IDisposable
{
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Urgent_messages_come_first_highest_priority_first_then_by_offset()
    {
        using var member = _rig.Attach();
        member.End(member.Claim(1, 1_000)[0]);
        member.Admission.Note([new(500, 3), new(501, 9), new(700, 9), new(900, 1)]).Should().Be(4);

        member.Claim(4, 1_000).Offsets().Should().BeEquivalentTo([501, 700, 500, 900]);
        member.Claim(2, 1_000).Offsets().Should().Equal(1, 2);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void One_of_sixteen_claims_takes_the_oldest_message()
    {
        using var member = _rig.Attach();
        member.Admission.Note([.. Enumerable.Range(100, 200).Select(i => new UrgentMessage(i, 9))]);

        var taken = Enumerable.Range(0, 64).Select(_ => member.Claim(1, 300).Offsets().Single()).ToArray();

        taken.Where(offset => offset < 100).Should().Equal(0, 1, 2, 3);
        taken.Chunk(16).Should().OnlyContain(sixteen => sixteen.Any(offset => offset < 100));
    }

    [Fact]
    public void Telling_twice_changes_nothing_and_what_was_taken_stays_taken()
    {
        using var member = _rig.Attach();
        UrgentMessage[] urgent = [new(3, 5), new(4, 5)];
        member.End(member.Claim(1, 10)[0], done: false);
        member.Admission.Note(urgent).Should().Be(2);
        var held = member.Claim(2, 10);

        member.Admission.Note(urgent).Should().Be(2);
        member.Admission.Note(urgent).Should().Be(2);

        held.Offsets().Should().Contain(3);
        member.Status(10).Leased.Should().Be(2);
        member.Claim(20, 10).Offsets().Should().HaveCount(8);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void Messages_that_came_back_after_a_restart_are_sorted_by_what_is_told_of_them()
    {
        using (var member = _rig.Attach())
            member.Admission.Note([new(70, 8)]);
        _rig.Reboot();
        using var next = _rig.Attach();
        next.End(next.Claim(1, 100)[0]);
        next.Admission.Note([new(70, 8)]).Should().Be(1);

        next.Claim(1, 100).Offsets().Should().Equal(70);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void A_table_without_room_is_told_the_rest_later()
    {
        using var member = _rig.Attach();
        UrgentMessage[] urgent = [new(10, 1), new(100_000_000, 9)];

        member.Admission.Note(urgent).Should().Be(1);
        member.Status(200_000_000).Ready.Should().Be(200_000_000);
        TableAudit.Check(_rig);
    }
}
