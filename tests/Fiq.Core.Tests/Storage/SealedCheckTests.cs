using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;
using Fiq.Tests.Engine.Inspection;

namespace Fiq.Tests.Storage;

/// <summary>What rots while nobody reads it is found, slowly, and nothing else is said or changed.</summary>
public sealed class SealedCheckTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly LogRig _rig;
    private readonly List<DamagedException> _found = [];

    public SealedCheckTests()
    {
        _rig = new LogRig(LogRig.SmallSegmentBytes, _time);
        _rig.Append([.. Enumerable.Range(0, 40).Select(i => $"{i}:{new string('x', 700)}")]);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Every_flipped_bit_of_a_sealed_segment_that_nobody_reads_is_found_and_named()
    {
        using QueueLog log = _rig.Attach();
        SegmentName victim = SegmentList.Read(_rig.Folder)[1];
        long end = _rig.HeaderOf(_rig.Segments[2]).Previous.Position;
        for (int at = 0; at < end; at += at < 1000 ? 1 : 13)
        {
            DamageTests.Flip(_rig.PathOf(victim.ToString()), at, at % 8);
            _found.Clear();
            RunRound(log);
            DamagedException damage = _found.Should().ContainSingle("byte {0}", at).Which;
            damage.File.Should().EndWith(victim.ToString());
            at.Should().BeInRange((int)damage.FromPosition, (int)damage.ToPosition - 1, damage.Message);
            DamageTests.Flip(_rig.PathOf(victim.ToString()), at, at % 8);
        }
    }

    [Fact]
    public void Damage_at_rest_is_an_event_and_changes_nothing()
    {
        using QueueLog log = _rig.Attach();
        string victim = _rig.Segments[1];
        DamageTests.Flip(_rig.PathOf(victim), 3000, 1);
        byte[] before = File.ReadAllBytes(_rig.PathOf(victim));
        List<string> names = _rig.Segments;
        RunRound(log);
        _found.Should().ContainSingle();
        _rig.OnPage(page => page.Events())[^1].Should().BeEquivalentTo(
            new { What = ProtocolEvent.DamageFound, Epoch = 2L });
        _rig.Segments.Should().Equal(names);
        File.ReadAllBytes(_rig.PathOf(victim)).Should().Equal(before);
        log.Append("on it goes").Should().Be(40);
    }

    [Fact]
    public void A_sealed_segment_that_was_cut_or_vanished_is_told_once()
    {
        using QueueLog log = _rig.Attach();
        using (var stream = new FileStream(_rig.PathOf(_rig.Segments[1]), FileMode.Open)) stream.SetLength(3000);
        RunRound(log);
        _found.Should().ContainSingle().Which.FromPosition.Should().Be(3000);
        File.Delete(_rig.PathOf(_rig.Segments[2]));
        using SealedCheck check = log.OpenCheck(_found.Add);
        for (int i = 0; i < 3; i++) check.Advance().Should().Be(SealedCheck.Rest);
        _found.Should().HaveCount(2);
        _found[1].Message.Should().Contain("is missing");
    }

    [Fact]
    public void A_sector_of_a_sealed_segment_that_cannot_be_read_is_found_and_named()
    {
        string victim = _rig.Segments[1];
        var disk = new BadSectors(new PosixFileSystem(), name => name == victim, 3000, 3001);
        using IDirectory folder = disk.OpenDirectory(Path.GetDirectoryName(_rig.PathOf(victim))!);
        using QueueLog log = QueueLog.Attach(_rig.Context with { Folder = folder }, () => 0);
        RunRound(log);
        DamagedException damage = _found.Should().ContainSingle().Which;
        damage.File.Should().EndWith(victim);
        damage.Message.Should().Contain("read");
        3000L.Should().BeInRange(damage.FromPosition, damage.ToPosition - 1);
    }

    [Fact]
    public void A_healthy_log_gives_no_alarm_and_each_sealed_segment_is_verified_once_a_round()
    {
        var counting = new CountingReads(_rig.Folder);
        using QueueLog log = QueueLog.Attach(_rig.Context with { Folder = counting }, () => 0);
        long before = counting.Bytes;
        using SealedCheck check = log.OpenCheck(_found.Add);
        Finish(check);
        long round = counting.Bytes - before;
        long stored = _rig.Segments.Skip(1).Sum(name => _rig.HeaderOf(name).Previous.Position);
        long headers = (2 * SegmentHeader.Size + BatchHeader.Size) * (long)_rig.Segments.Count;
        round.Should().BeInRange(stored - headers, stored + headers);
        _rig.OnPage(page => page.CheckedThrough).Should().Be(_rig.Segments.Count - 1);

        _time.Advance(SealedCheck.RoundInterval / 2);
        check.Advance().Should().Be(SealedCheck.Rest);
        counting.Bytes.Should().Be(before + round);
        _time.Advance(SealedCheck.RoundInterval / 2);
        Finish(check);
        counting.Bytes.Should().Be(before + 2 * round);
        _found.Should().BeEmpty();
    }

    [Fact]
    public void What_is_sealed_after_the_round_is_verified_without_waiting_for_the_next()
    {
        using QueueLog log = _rig.Attach();
        using SealedCheck check = log.OpenCheck(_found.Add);
        Finish(check);
        for (int i = 0; i < 30; i++) log.Append(new string('y', 700));
        DamageTests.Flip(_rig.PathOf(_rig.Segments[^2]), 3000, 1);
        Finish(check);
        _found.Should().ContainSingle().Which.File.Should().EndWith(_rig.Segments[^2]);
    }

    [Fact]
    public void In_no_second_more_is_read_at_rest_than_the_rate_allows()
    {
        using var rig = new LogRig(1024 * 1024, _time);
        var counting = new CountingReads(rig.Folder);
        using QueueLog log = QueueLog.Attach(rig.Context with { Folder = counting }, () => 0);
        for (int i = 0; i < 3; i++) log.Append(new string('x', 2_000_000));
        using SealedCheck check = log.OpenCheck(_found.Add);
        int seconds = 0;
        long before = counting.Bytes;
        while (check.Advance() == SealedCheck.Pace)
        {
            seconds++;
            (counting.Bytes - before).Should().BeInRange(1, SealedCheck.BytesPerSecond);
            before = counting.Bytes;
        }

        seconds.Should().BeGreaterThanOrEqualTo(4_000_000 / SealedCheck.BytesPerSecond);
        _found.Should().BeEmpty();
    }

    [Fact]
    public void One_process_of_a_queue_verifies_at_a_time_and_the_next_goes_on_where_it_ended()
    {
        using var rig = new LogRig(1024 * 1024, _time);
        using QueueLog first = rig.Attach();
        for (int i = 0; i < 5; i++) first.Append(new string('x', 1_000_000));
        var counting = new CountingReads(rig.Folder);
        using QueueLog second = QueueLog.Attach(rig.Context with { Folder = counting }, () => 0);
        long before = counting.Bytes;
        using SealedCheck waiting = second.OpenCheck(_found.Add);
        using (SealedCheck check = first.OpenCheck(_found.Add))
        {
            while (rig.OnPage(page => page.CheckedThrough) < 3) check.Advance().Should().Be(SealedCheck.Pace);
            waiting.Advance().Should().Be(SealedCheck.Rest);
            counting.Bytes.Should().Be(before);
        }

        Finish(waiting);
        rig.OnPage(page => page.CheckedThrough).Should().Be(rig.Segments.Count - 1);
        (counting.Bytes - before).Should().BeLessThan(3_000_000);
        _found.Should().BeEmpty();
    }

    [Fact]
    public void A_segment_that_is_deleted_while_it_is_verified_is_no_damage()
    {
        using var rig = new LogRig(1024 * 1024, _time);
        using QueueLog log = rig.Attach();
        for (int i = 0; i < 6; i++) log.Append(new string('x', 1_000_000));
        using SealedCheck check = log.OpenCheck(_found.Add);
        check.Advance().Should().Be(SealedCheck.Pace);
        log.Trim(_ => 3).Should().BeGreaterThan(1);
        Finish(check);
        _found.Should().BeEmpty();
        rig.OnPage(page => page.CheckedThrough).Should().BeGreaterThan(3);
    }

    [Fact]
    public void What_lies_behind_a_stated_end_is_no_damage_at_rest()
    {
        using var rig = new LogRig(LogRig.SmallSegmentBytes, _time);
        using QueueLog log = rig.Attach();
        log.Append("a");
        TornEnd.WriteAndDie(rig, "void");
        rig.OnPage(page => page.Failed = 1);
        log.Append("b");
        RunRound(log);
        _found.Should().BeEmpty();
        rig.OnPage(page => page.CheckedThrough).Should().Be(1);
    }

    private void RunRound(QueueLog log)
    {
        _time.Advance(SealedCheck.RoundInterval);
        using SealedCheck check = log.OpenCheck(_found.Add);
        Finish(check);
    }

    private static void Finish(SealedCheck check)
    {
        while (check.Advance() == SealedCheck.Pace)
        {
            // A second passes; nothing here depends on how long it is.
        }
    }
}
