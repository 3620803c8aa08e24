using Fiq.Groups;

namespace Fiq.Tests.Groups;

public sealed class FullTableTests : IDisposable
{
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_full_table_says_so_and_can_be_worked_off_message_by_message()
    {
        var greedy = _rig.Attach();
        while (greedy.Claim(100_000, long.MaxValue / 2).Count > 0)
            continue;
        var full = greedy.Status(long.MaxValue / 2);
        full.StopReason.Should().NotBeNull();
        full.Leased.Should().BeGreaterThan(64 * 60_000);
        greedy.Abandon();

        using var member = _rig.Attach();
        var held = new List<Lease>();
        for (var i = 0; i < 150; i++)
            held.AddRange(member.Claim(1, full.Cursor));
        held.Offsets().Should().OnlyHaveUniqueItems("each is in one hand").And.HaveCount(150);
        foreach (var lease in held)
            member.End(lease).Should().Equal(true);
        member.Claim(10, full.Cursor).Offsets().Should().HaveCount(10).And.StartWith(held.Count);
        TableAudit.Check(_rig);
    }
}
