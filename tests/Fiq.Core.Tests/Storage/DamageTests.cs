using Fiq.Storage;

namespace Fiq.Tests.Storage;

/// <summary>Damage is named with its place; the log is never shorter, and never other, without a word.</summary>
public sealed class DamageTests
{
    [Fact]
    public void Every_flipped_bit_of_a_closed_log_is_harmless_or_named()
    {
        using var rig = new LogRig();
        rig.Append("a");
        rig.Append("b");
        string segment = rig.Segments.Single();
        string path = rig.PathOf(segment);
        List<(long, string)> intact = rig.Reopened();
        byte[] page = File.ReadAllBytes(rig.PathOf(ControlFile.Name));
        byte[] bytes = File.ReadAllBytes(path)[..(int)rig.OnPage(p => p.Tail().Position)];
        int named = 0;
        for (int at = 0; at < bytes.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                Flip(path, at, bit);
                if (Damage(rig, intact) is DamagedException damage)
                {
                    named++;
                    damage.File.Should().EndWith(segment);
                    at.Should().BeInRange((int)damage.FromPosition, (int)damage.ToPosition - 1, damage.Message);
                }

                rig.Segments.Should().HaveCount(1, "byte {0} bit {1}", at, bit);
                Flip(path, at, bit);
                RecoveryTests.Overwrite(rig.PathOf(ControlFile.Name), page);
            }
        }

        // All but the checkpoint's body, of which nothing is needed yet.
        named.Should().BeGreaterThanOrEqualTo((bytes.Length - Checkpoint.EmptyBodySize) * 8);
        rig.Reopened().Should().Equal(intact);
    }

    [Fact]
    public void Without_the_page_a_flip_before_the_last_batch_is_named_all_the_same()
    {
        for (int at = SegmentHeader.Size; ; at += 7)
        {
            using var rig = new LogRig();
            rig.Append("a");
            rig.Append("b");
            long last = rig.OnPage(page => page.Tail().LastHeaderPosition);
            if (at >= last) return;
            Flip(rig.PathOf(rig.Segments.Single()), at, at % 8);
            TornEnd.WipePage(rig);
            Damage(rig, [(0, "a"), (1, "b")]);
        }
    }

    [Fact]
    public void A_closed_log_that_was_cut_is_refused_wherever_it_was_cut()
    {
        using var rig = new LogRig();
        rig.Append("a");
        rig.Append("b");
        string path = rig.PathOf(rig.Segments.Single());
        byte[] whole = File.ReadAllBytes(path);
        int end = (int)rig.OnPage(page => page.Tail().Position);
        for (int length = 1; length < end; length += 5)
        {
            RecoveryTests.Overwrite(path, whole[..length]);
            Damage(rig, []).Should().NotBeNull("cut to {0} bytes", length);
            File.ReadAllBytes(path).Should().Equal(whole[..length], "nothing is changed");
        }

        RecoveryTests.Overwrite(path, whole);
        rig.Reopened().Should().HaveCount(2);
    }

    [Fact]
    public void A_missing_segment_is_named()
    {
        using var rig = Rolled();
        List<string> segments = rig.Segments;
        rig.Folder.TryUnlink(segments[1]);
        Damage(rig, [])!.Message.Should().Contain(segments[2]).And.Contain("missing");
    }

    [Fact]
    public void A_missing_last_segment_is_named()
    {
        using var rig = Rolled();
        string last = rig.Segments[^1];
        rig.Folder.TryUnlink(last);
        Damage(rig, [])!.Message.Should().Contain(last);
    }

    [Fact]
    public void A_copied_folder_whose_page_is_newer_than_its_segments_opens_as_after_a_crash()
    {
        using var rig = Rolled();
        string last = rig.Segments[^1];
        byte[] page = File.ReadAllBytes(rig.PathOf(ControlFile.Name));
        rig.Folder.TryUnlink(last);
        rig.Folder.TryUnlink(ControlFile.Name);
        File.WriteAllBytes(rig.PathOf(ControlFile.Name), page);
        rig.Reopened().Should().NotBeEmpty();
    }

    [Fact]
    public void Two_segments_of_one_ordinal_are_named()
    {
        using var rig = Rolled();
        string second = rig.Segments[1];
        File.Copy(rig.PathOf(second), rig.PathOf("00000002-00000000000000000999.log"));
        Damage(rig, [])!.Message.Should().Contain("same ordinal");
    }

    [Fact]
    public void Foreign_and_empty_files_are_passed_over_also_where_the_next_segment_must_stand()
    {
        using var rig = new LogRig(LogRig.SmallSegmentBytes);
        File.WriteAllText(rig.PathOf("notes.txt"), "not ours");
        File.WriteAllText(rig.PathOf("00000002-00000000000000000001.log"), "");
        File.WriteAllText(rig.PathOf("00000009-00000000000000000009.log"), "");
        using QueueLog log = rig.Attach();
        log.Append(new string('a', 5000)).Should().Be(0);
        log.Append(new string('b', 5000)).Should().Be(1);
        rig.Segments.Should().HaveCount(2);
        LogRig.ReadAll(log).Should().HaveCount(2);
    }

    [Fact]
    public void A_segment_of_another_queue_is_refused()
    {
        using var rig = new LogRig();
        using var stranger = new LogRig();
        QueueLog.Attach(rig.Context, () => 0).Dispose();
        LogContext other = rig.Context with { QueueId = 99 };
        Action attach = () => QueueLog.Attach(other, () => 0);
        attach.Should().Throw<DamagedException>().WithMessage("*another queue*");
    }

    [Fact]
    public void A_group_that_is_ahead_of_the_log_proves_damage()
    {
        using var rig = new LogRig();
        rig.Append("a", "b");
        rig.ProvenByGroups = 3;
        Damage(rig, [])!.Message.Should().Contain("offsets 2..2");
        rig.ProvenByGroups = 2;
        rig.Reopened().Should().HaveCount(2);
    }

    [Fact]
    public void Much_behind_a_damaged_place_is_looked_at_once()
    {
        using var rig = new LogRig();
        using (QueueLog log = rig.Attach())
            for (int i = 0; i < 3000; i++) log.Append(new string('m', 500));
        string path = rig.PathOf(rig.Segments.Single());
        Flip(path, SegmentHeader.Size + 200, 3);
        TornEnd.WipePage(rig);
        var counting = new CountingReads(rig.Folder);
        Action attach = () => QueueLog.Attach(rig.Context with { Folder = counting }, () => 0);
        attach.Should().Throw<DamagedException>().Which.Message.Should().Contain("offsets 0..2998");
        counting.Bytes.Should().BeLessThan(5 * new FileInfo(path).Length);
    }

    private static LogRig Rolled()
    {
        var rig = new LogRig(LogRig.SmallSegmentBytes);
        for (int i = 0; i < 3; i++) rig.Append(new string((char)('a' + i), 5000));
        rig.Segments.Should().HaveCount(3);
        return rig;
    }

    /// <summary>Opens the log: it holds what it held, or this is what is said.</summary>
    private static DamagedException? Damage(LogRig rig, List<(long, string)> intact)
    {
        try
        {
            rig.Reopened().Should().Equal(intact);
            return null;
        }
        catch (DamagedException damage)
        {
            return damage;
        }
    }

    internal static void Flip(string path, int at, int bit)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Position = at;
        int value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ (1 << bit)));
    }
}
