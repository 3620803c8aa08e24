using System.Diagnostics;
using Fiq.Engine;
using Fiq.Engine.Inspection;
using Fiq.Storage;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>A verification names what is damaged, all of it and nothing else, and changes nothing.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task A_sound_queue_is_clean_and_every_message_is_counted()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 2);
        QueueInspection found = await rig.VerifyAsync();
        found.Health.Should().Be(QueueHealth.Clean, string.Join('\n', found.Damages));
        found.Should().BeEquivalentTo(new { Messages = 9L, FirstOffset = 0L, NextOffset = 9L, TornBytes = 0L });
        found.Segments.Should().BeGreaterThan(2);
        found.Notes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_queue_in_use_is_verified_up_to_its_watermark()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        await using IQueueProducer producer = await rig.Engine.ProducerAsync();
        await producer.SendAsync(InspectionRig.BodyOf(9));
        await using IQueueConsumer consumer = await rig.Engine.ConsumerAsync();
        await consumer.FinishAsync(await consumer.TakeAsync(2));
        QueueInspection found = await rig.VerifyAsync();
        found.Should().BeEquivalentTo(new { Health = QueueHealth.Clean, IsInUse = true, Messages = 10L });
        Damages.Flip(rig.PlaceOf(9).Path, rig.PlaceOf(9).From + 200);
        found = await rig.VerifyAsync();
        found.Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(new { FromOffset = 9L, ToOffset = 10L });
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(0, 128)]
    [InlineData(4, 0)]
    [InlineData(4, 127)]
    [InlineData(4, 500)]
    [InlineData(8, 40)]
    [InlineData(8, 300)]
    public async Task A_flipped_bit_costs_exactly_its_own_batch(long offset, int at)
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 5);
        (string path, long from, long to) = rig.PlaceOf(offset);
        Damages.Flip(path, from + at);
        QueueInspection found = await rig.VerifyAsync();
        found.Health.Should().Be(QueueHealth.Damaged);
        DamageFinding damage = found.Damages.Should().ContainSingle().Which;
        damage.File.Should().Be(Path.GetFileName(path));
        damage.FromPosition.Should().Be(from);
        if (offset < 8) damage.ToPosition.Should().Be(to);
        (damage.FromOffset, damage.ToOffset).Should().Be((offset, offset + 1));
        damage.Settled.Should().Be(offset < 5 ? 1 : 0);
        found.Messages.Should().Be(8);
    }

    [Fact]
    public async Task All_damaged_places_are_found_not_only_the_first()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 4);
        foreach (long offset in (long[])[1, 3, 6])
            Damages.Flip(rig.PlaceOf(offset).Path, rig.PlaceOf(offset).From + 150);
        QueueInspection found = await rig.VerifyAsync();
        found.Damages.Select(damage => damage.FromOffset).Should().Equal(1, 3, 6);
        found.Damages.Select(damage => damage.Settled).Should().Equal(1, 1, 0);
        found.Messages.Should().Be(6);
    }

    [Fact]
    public async Task A_zeroed_stretch_over_two_batches_costs_both_and_no_other()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        (string path, long from, _) = rig.PlaceOf(1);
        (_, _, long to) = rig.PlaceOf(2);
        Damages.Zero(path, from + 100, (int)(to - from) - 200);
        QueueInspection found = await rig.VerifyAsync();
        found.Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { FromPosition = from, ToPosition = to, FromOffset = 1L, ToOffset = 3L });
    }

    [Fact]
    public async Task A_flipped_bit_in_a_segment_header_costs_no_message()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        for (int at = 0; at < SegmentHeader.Size; at += 9)
        {
            // A version is believed when its checksum is right, and only then.
            Damages.Flip(rig.Segments[1], at, at % 8);
            QueueInspection found = await rig.VerifyAsync();
            found.Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
                new { File = Path.GetFileName(rig.Segments[1]), FromPosition = 0L, ToPosition = 256L, Messages = 0L });
            Damages.Flip(rig.Segments[1], at, at % 8);
        }
    }

    [Fact]
    public async Task A_lost_segment_header_costs_no_message_either()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        for (int i = 0; i < rig.Segments.Count; i++)
        {
            string path = rig.Segments[i];
            byte[] intact = await File.ReadAllBytesAsync(path);
            Damages.Zero(path, 0, SegmentHeader.Size);
            QueueInspection found = await rig.VerifyAsync();
            found.Messages.Should().Be(9, "segment {0}", i);
            found.Damages.Should().ContainSingle().Which.Messages.Should().Be(0);
            Damages.Change(path, 0, intact);
        }
    }

    [Fact]
    public async Task A_missing_segment_names_what_was_in_it()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 1);
        List<string> segments = rig.Segments;
        (string second, string third) = (segments[1], segments[2]);
        File.Delete(second);
        QueueInspection found = await rig.VerifyAsync();
        long from = long.Parse(Path.GetFileName(second).AsSpan(9, 20));
        long to = long.Parse(Path.GetFileName(third).AsSpan(9, 20));
        found.Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { File = "00000002-*.log", FromOffset = from, ToOffset = to, What = "it is missing" });
    }

    [Fact]
    public async Task A_missing_first_and_a_missing_last_segment_are_named_where_something_proves_them()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 1);
        List<string> segments = rig.Segments;
        long second = long.Parse(Path.GetFileName(segments[1]).AsSpan(9, 20));
        long last = long.Parse(Path.GetFileName(segments[^1]).AsSpan(9, 20));
        File.Delete(segments[0]);
        File.Delete(segments[^1]);
        QueueInspection found = await rig.VerifyAsync();
        found.Damages.Select(damage => (damage.FromOffset, damage.ToOffset)).Should().Equal((1, second), (last, 9));
        found.NextOffset.Should().Be(9);
    }

    [Fact]
    public async Task A_cut_segment_names_what_is_missing_at_its_end()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        (string path, long from, _) = rig.PlaceOf(1);
        Damages.Cut(path, from + 50);
        DamageFinding damage = (await rig.VerifyAsync()).Damages.Should().ContainSingle().Which;
        damage.FromOffset.Should().Be(1);
        damage.ToOffset.Should().Be(long.Parse(Path.GetFileName(rig.Segments[1]).AsSpan(9, 20)));
    }

    [Fact]
    public async Task An_offset_file_ahead_of_the_log_is_damage_of_what_it_had_seen()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 9);
        // The same queue as it was before: its segments and its page are older than the offset file.
        string last = rig.Segments[^1];
        Damages.Zero(last, SegmentHeader.Size, (int)new FileInfo(last).Length - SegmentHeader.Size);
        Damages.Zero(rig.PathOf("control"), 0, 8192);
        QueueInspection found = await rig.VerifyAsync();
        found.Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { FromOffset = 6L, ToOffset = 9L, Settled = 3L });
    }

    [Fact]
    public async Task A_damaged_offset_file_is_named_with_its_group()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 3);
        Damages.Flip(rig.OffsetPath, 80);
        (await rig.VerifyAsync()).Damages.Should().ContainSingle().Which.File.Should().Be("groups/default/offset");
    }

    [Theory]
    [InlineData("queue.json")]
    [InlineData("control")]
    [InlineData("groups")]
    public async Task What_every_queue_has_is_missed(string name)
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        if (name == "groups") Directory.Delete(rig.PathOf(name), recursive: true);
        else File.Delete(rig.PathOf(name));
        QueueInspection found = await rig.VerifyAsync();
        found.Damages.Should().ContainSingle().Which.File.Should().Be(name);
        found.Messages.Should().Be(9);
    }

    [Fact]
    public async Task What_is_harmless_is_a_note_and_no_damage()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        await File.WriteAllTextAsync(rig.PathOf("notes.txt"), "mine");
        await File.WriteAllTextAsync(rig.PathOf("00000002-00000000000000000003.log.torn"), "torn");
        await File.WriteAllTextAsync(rig.PathOf("00000099-00000000000000000099.log"), "");
        string first = rig.Segments[0];
        Damages.Flip(first, new FileInfo(first).Length - 10);
        string backup = rig.Engine.PathOf("backup");
        using (var link = Process.Start("ln", [rig.Segments[1], backup])) await link.WaitForExitAsync();
        QueueInspection found = await rig.VerifyAsync();
        found.Health.Should().Be(QueueHealth.Clean, string.Join('\n', found.Damages));
        found.Notes.Should().HaveCount(5);
        found.Notes[0].Should().Contain("no footer");
        string.Join('\n', found.Notes).Should()
            .Contain("notes.txt is not ours").And.Contain("torn").And.Contain("empty")
            .And.Contain("has 1 more name");
    }

    [Fact]
    public async Task A_torn_end_is_no_damage_and_was_never_acknowledged()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        (string path, _, long end) = rig.PlaceOf(8);
        Damages.Change(path, end, [1, 2, 3, 4, 5]);
        QueueInspection found = await rig.VerifyAsync();
        found.Health.Should().Be(QueueHealth.TornTail, string.Join('\n', found.Damages));
        found.Should().BeEquivalentTo(
            new { TornBytes = 5L, TornFile = Path.GetFileName(path), TornPosition = end, TornIsCertain = true });
        Damages.Zero(rig.PathOf("control"), 0, 8192);
        found = await rig.VerifyAsync();
        found.TornIsCertain.Should().BeFalse("no page of this boot says how far the log was durable");
    }

    [Fact]
    public async Task A_verification_changes_no_byte()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 2);
        Damages.Flip(rig.PlaceOf(3).Path, rig.PlaceOf(3).From + 20);
        Dictionary<string, string> before = rig.Files();
        await rig.VerifyAsync();
        rig.Files().Should().Equal(before);
    }
}
