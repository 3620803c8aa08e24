using System.Buffers.Binary;
using Fiq.Groups;

namespace Fiq.Tests.Groups;

public sealed class AttachTests : IDisposable
{
    private readonly GroupRig _rig = new(start: 1_000, microseconds: 5_000_000);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_new_group_begins_where_it_is_told()
    {
        _rig.Read(1_010).Should().BeEquivalentTo(new
        {
            Floor = 1_000L,
            Cursor = 1_000L,
            Ready = 10L,
            Leased = 0L,
            SettledMessages = 1_000L,
            SettledMicroseconds = 5_000_000L,
        });
        using var member = _rig.Attach();
        member.Claim(3, 1_010).Offsets().Should().Equal(1_000, 1_001, 1_002);
    }

    [Fact]
    public void Onlookers_see_members_and_their_leases_and_pass_over_the_dead()
    {
        using var member = _rig.Attach();
        var dead = _rig.Attach();
        member.Claim(3, 2_000);
        dead.Claim(4, 2_000);
        _rig.Read(2_000).Slots.Should().HaveCount(2);
        dead.Abandon();

        var status = _rig.Read(2_000);

        status.Slots.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Pid = Environment.ProcessId, Workers = 4, Leased = 3L });
        status.Leased.Should().Be(3);
        status.Ready.Should().Be(1_000 - 3);
        status.Unsettled.Should().Equal(new OffsetRun(1_000, 1_007));
    }

    [Fact]
    public void A_table_that_was_deleted_while_in_use_is_noticed()
    {
        using var member = _rig.Attach();
        member.CheckIdentity();
        _rig.Folder.TryUnlink("leases");

        member.Invoking(group => group.CheckIdentity()).Should().Throw<FiqException>()
            .Where(error => error.Code == ErrorCode.Damaged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(6_000_000)]
    public void A_missing_or_cut_or_foreign_table_is_made_anew(long length)
    {
        using (var member = _rig.Attach())
            member.End(member.Claim(3, 1_010)[0]);
        if (length == 0)
        {
            _rig.Folder.TryUnlink("leases");
        }
        else
        {
            using var stream = File.OpenWrite(_rig.PathOf("leases"));
            stream.SetLength(length);
        }

        _rig.Read(1_010).Floor.Should().Be(1_003);
        using var next = _rig.Attach();
        next.Claim(1, 1_010).Offsets().Should().Equal(1_003);
        TableAudit.Check(_rig);
    }

    [Fact]
    public void Any_damage_to_a_table_that_nobody_uses_leaves_what_the_offset_file_says()
    {
        var random = new Random(3);
        for (var i = 0; i < 60; i++)
        {
            var dead = _rig.Attach();
            foreach (var lease in dead.Claim(100, 1_000_000))
            {
                var third = lease.Offsets().Where(at => at % 3 == 0).Select(at => (lease.Token, at));
                dead.End(done: i % 2 == 0, [.. third]);
            }

            dead.Flush();
            var floor = dead.DurableFloor;
            dead.Abandon();
            Flip(random.Next(i % 3 == 0 ? 1_024 : TableLayout.EntriesAt + 2_000));

            using var next = _rig.Attach();
            TableAudit.Check(_rig);
            next.Status(0).Floor.Should().Be(floor);
        }
    }

    [Fact]
    public void An_older_page_of_this_boot_takes_nothing_back_that_is_on_disk()
    {
        var dead = _rig.Attach();
        var lease = dead.Claim(20, 1_100)[0];
        dead.End(done: true, (lease.Token, 1_000), (lease.Token, 1_004));
        var older = File.ReadAllBytes(_rig.PathOf("leases"));
        dead.End(done: true, (lease.Token, 1_001));
        dead.End(dead.Claim(5, 1_100)[0]);
        dead.Flush();
        dead.Abandon();
        File.WriteAllBytes(_rig.PathOf("leases"), older);

        using var next = _rig.Attach();
        TableAudit.Check(_rig);
        next.Status(1_100).Unsettled.Should().Equal(new OffsetRun(1_002, 1_004), new OffsetRun(1_005, 1_020));
        next.Status(1_100).SettledMicroseconds.Should().Be(5_000_000 + 1_001 + 1_005 + 1_002 + (5 * 1_023));
    }

    [Fact]
    public void What_only_the_table_knew_is_on_disk_before_a_new_table_is_built()
    {
        var dead = _rig.Attach();
        dead.End(dead.Claim(5, 1_100)[0]);
        dead.Abandon();
        _rig.Attach().Abandon();
        _rig.Reboot();

        using var next = _rig.Attach();
        next.Status(1_100).Floor.Should().Be(1_005);
        next.DurableFloor.Should().Be(1_005);
    }

    [Fact]
    public void Another_layout_in_use_is_refused_with_its_process_named()
    {
        using var member = _rig.Attach();
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 99);
        Write(TableLayout.VersionAt, bytes);

        FluentActions.Invoking(() => _rig.Attach()).Should().Throw<FiqException>()
            .Where(error => error.Code == ErrorCode.Busy)
            .WithMessage($"*process {Environment.ProcessId} runs another version*");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, TableLayout.Version);
        Write(TableLayout.VersionAt, bytes);
    }

    [Fact]
    public async Task A_holder_that_does_not_let_go_is_named()
    {
        using var member = _rig.Attach();
        using var file = _rig.Folder.TryOpenFile("leases", writable: true)!;
        file.TryLock(TableLayout.GroupLock, exclusive: true).Should().BeTrue();
        var pid = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(pid, 4711);
        Write(TableLayout.GroupHolderAt, pid);

        var claim = Task.Run(() => FluentActions.Invoking(() => member.Claim(1, 2_000))
            .Should().Throw<BusyException>().Which.HolderPid);
        // The wait is measured by the rig's clock, which moves on until the waiter has seen it.
        while (!claim.IsCompleted)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1);
        }

        (await claim).Should().Be(4711);
        file.Unlock(TableLayout.GroupLock);
    }

    private void Flip(int at)
    {
        var bytes = new byte[1];
        using var stream = File.Open(_rig.PathOf("leases"), FileMode.Open);
        stream.Position = at;
        stream.ReadExactly(bytes);
        bytes[0] ^= 0x10;
        stream.Position = at;
        stream.Write(bytes);
    }

    private void Write(int at, byte[] bytes)
    {
        using var file = _rig.Folder.TryOpenFile("leases", writable: true)!;
        file.Write(bytes, at);
    }
}
