using Fiq.Files;
using Fiq.Groups;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Groups;

public sealed class FlushTests : IDisposable
{
    private readonly GroupRig _rig = new();
    private readonly Faults _faults = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_flush_with_nothing_settled_touches_no_file()
    {
        using var member = AttachFaulty();
        member.Claim(10, 100);
        _faults.ErrorOf = (call, _) => call == "unlock" ? Errno.None : Errno.InputOutput;

        member.NeedsFlush.Should().BeFalse();
        member.Flush().Should().Be(0);
        _faults.ErrorOf = (_, _) => Errno.None;
    }

    [Fact]
    public void After_a_failed_sync_a_new_file_takes_the_place_of_the_old_one()
    {
        using var member = AttachFaulty();
        SettleSome(member);
        var before = Identity();
        _faults.ErrorOf = (call, name) =>
            call == "fdatasync" && name == "offset" ? Errno.InputOutput : Errno.None;

        member.Flush().Should().Be(10);

        Identity().Should().NotBe(before);
        _faults.ErrorOf = (_, _) => Errno.None;
        Durable().Should().Be(10);
    }

    [Fact]
    public void When_that_fails_too_nothing_is_claimed_until_a_later_flush_succeeds()
    {
        using var member = AttachFaulty();
        using var other = _rig.Attach();
        SettleSome(member);
        _faults.ErrorOf = (call, _) => call is "fdatasync" or "fsync" ? Errno.InputOutput : Errno.None;

        member.Invoking(group => group.Flush()).Should().Throw<FiqException>();
        member.DurableFloor.Should().Be(0);
        member.Claim(1, 100).Should().BeEmpty();
        other.Claim(1, 100).Should().BeEmpty();
        other.Status(100).StopReason.Should().NotBeNull();
        member.NeedsFlush.Should().BeTrue();
        TableRebuild.ReadOffsets(_rig.Folder, _rig.Context.QueueId).Sums.Floor
            .Should().Be(0, "what was not synced is not read");

        _faults.ErrorOf = (_, _) => Errno.None;
        member.Flush().Should().Be(10);
        other.Claim(1, 100).Offsets().Should().Equal(10);
        other.Status(100).StopReason.Should().BeNull();
        Durable().Should().Be(10);
    }

    [Fact]
    public void A_full_disk_is_told_as_such()
    {
        using var member = AttachFaulty();
        SettleSome(member);
        _faults.ErrorOf = (call, _) => call is "write" or "allocate" ? Errno.NoSpace : Errno.None;

        member.Invoking(group => group.Flush()).Should().Throw<FiqException>()
            .Where(error => error.Code == ErrorCode.DiskFull);
        _faults.ErrorOf = (_, _) => Errno.None;
        member.Flush().Should().Be(10);
    }

    [Fact]
    public void Another_member_may_have_written_a_new_file()
    {
        using var first = AttachFaulty();
        using var second = _rig.Attach();
        SettleSome(second);
        second.Flush().Should().Be(10);
        SettleSome(first);
        _faults.ErrorOf = (call, name) =>
            call == "fdatasync" && name == "offset" ? Errno.InputOutput : Errno.None;
        first.Flush().Should().Be(20);
        _faults.ErrorOf = (_, _) => Errno.None;
        SettleSome(second);

        second.Flush().Should().Be(30);
        Durable().Should().Be(30);
        first.DurableFloor.Should().Be(30);
    }

    [Fact]
    public void More_settlements_than_the_journal_holds_become_a_snapshot()
    {
        using var member = _rig.Attach();
        const int count = TableLayout.JournalCount + 100;
        var taken = new List<Lease>();
        while (taken.Offsets().Take(count).Count() < count)
            taken.AddRange(member.Claim(50_000, count));
        foreach (var lease in taken)
        {
            foreach (var offset in lease.Offsets())
                member.End(done: true, (lease.Token, offset));
        }

        var before = Identity();
        member.Flush().Should().Be(count);
        Identity().Should().NotBe(before);
        member.NeedsFlush.Should().BeFalse();
        Durable().Should().Be(count);
    }

    [Fact]
    public void A_full_file_is_compacted()
    {
        using var member = _rig.Attach();
        var identities = new HashSet<FileIdentity>();
        for (var i = 0L; i < 25_000; i++)
        {
            member.End(member.Claim(1, i + 1)[0]);
            if (i % 2 == 0)
                continue;
            member.Flush().Should().Be(i + 1);
            identities.Add(Identity());
        }

        identities.Should().HaveCount(2);
        _rig.Folder.TryStatus("offset")!.Value.Length.Should().Be(1 << 20);
        Durable().Should().Be(25_000);
    }

    [Fact]
    public void A_damaged_offset_file_refuses_to_attach_and_is_not_changed()
    {
        using (var member = _rig.Attach())
        {
            for (var i = 0; i < 3; i++)
            {
                SettleSome(member);
                member.Flush();
            }
        }

        _rig.Reboot();
        var bytes = File.ReadAllBytes(_rig.PathOf("offset"));
        bytes[64 + 72 + 40] ^= 1;
        File.WriteAllBytes(_rig.PathOf("offset"), bytes);

        FluentActions.Invoking(() => _rig.Attach()).Should().Throw<DamagedException>();
        FluentActions.Invoking(() => _rig.Read(100)).Should().Throw<DamagedException>();
        File.ReadAllBytes(_rig.PathOf("offset")).Should().Equal(bytes);
    }

    private static void SettleSome(ConsumerGroup member)
    {
        foreach (var lease in member.Claim(10, 100))
            member.End(lease).Should().AllBeEquivalentTo(true);
    }

    private ConsumerGroup AttachFaulty() => _rig.Attach(new FaultyDirectory(_rig.Folder, _faults));

    private long Durable() => GroupReader.ReadDurableFloor(_rig.Folder, _rig.Context);

    private FileIdentity Identity() => _rig.Folder.TryStatus("offset")!.Value.Identity;
}
