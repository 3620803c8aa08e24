using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>What the first process to attach makes of what it finds.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData("cut", false)]
    [InlineData("cut", true)]
    [InlineData("zero", false)]
    [InlineData("zero", true)]
    [InlineData("garble", false)]
    [InlineData("garble", true)]
    public void Whatever_the_end_lost_the_whole_batches_before_it_are_carried_over(string how, bool withoutPage)
    {
        int step = 0;
        for (int at = 0; ; at += 8)
        {
            using var rig = new LogRig();
            TornEnd.Places places = TornEnd.Make(rig);
            int from = places.First + at;
            if (from > places.End) break;
            string path = rig.PathOf(rig.Segments.Single());
            byte[] before = File.ReadAllBytes(path);
            byte[] after = Spoil(before, from, how, ++step);
            Overwrite(path, after);
            if (withoutPage) TornEnd.WipePage(rig);

            int whole = 2;
            if (Same(before, after, places.First, places.Second)) whole++;
            if (whole == 3 && Same(before, after, places.Second, places.End)) whole++;
            (long, string)[] expected = [.. TornEnd.Bodies.Take(whole).Select((body, i) => ((long)i, body))];
            rig.Reopened().Should().Equal(expected, "{0} from byte {1}", how, from);
            List<string> segments = rig.Segments;
            rig.Reopened().Should().Equal(expected, "a second recovery changes nothing");
            rig.Segments.Should().Equal(segments);
            rig.Append("next");
            rig.Reopened()[^1].Should().Be((whole, "next"));
        }

        step.Should().BeGreaterThan(20);
    }

    [Fact]
    public void After_a_clean_end_the_same_segment_is_appended_to_even_in_another_boot()
    {
        using var rig = new LogRig();
        rig.Append("a");
        rig.Append("b");
        rig.Reboot();
        rig.Append("c");
        rig.Segments.Should().HaveCount(1);
        rig.Reopened().Should().Equal((0, "a"), (1, "b"), (2, "c"));
    }

    [Fact]
    public void An_older_page_does_no_harm()
    {
        using var rig = new LogRig();
        rig.Append("a");
        byte[] old = File.ReadAllBytes(rig.PathOf(ControlFile.Name));
        rig.Append("b", "c");
        Overwrite(rig.PathOf(ControlFile.Name), old);
        rig.Reopened().Should().Equal((0, "a"), (1, "b"), (2, "c"));
        rig.Append("d");
        rig.Reopened().Should().HaveCount(4);
    }

    [Fact]
    public void Batches_that_belong_together_come_back_together_or_not_at_all()
    {
        string[] bodies = [.. Enumerable.Range(0, 40).Select(i => $"{i}:{new string('z', 70_000)}")];
        foreach (bool whole in new[] { true, false })
        {
            using var rig = new LogRig();
            using (QueueLog living = rig.Attach())
            {
                living.Append("a");
                TornEnd.WriteAndDie(rig, bodies);
            }

            long end = rig.OnPage(page => page.Tail().Position);
            string path = rig.PathOf(rig.Segments.Single());
            if (!whole) Overwrite(path, File.ReadAllBytes(path)[..(int)(end - 8)]);
            rig.Reopened().Should().HaveCount(whole ? 41 : 1);
        }
    }

    [Fact]
    public void A_payload_that_holds_segments_and_batches_is_never_taken_for_them()
    {
        using var rig = new LogRig();
        rig.Append("a");
        byte[] image = File.ReadAllBytes(rig.PathOf(rig.Segments.Single()))[..1024];
        using (QueueLog log = rig.Attach())
        using (var commit = new EncodedCommit())
        {
            commit.Add([new Message { Body = image }], 1);
            commit.Close();
            log.Commit(commit).Should().Be(1);
            TornEnd.WriteAndDie(rig, "b");
        }

        TornEnd.WipePage(rig);
        rig.Reopened().Select(each => each.Offset).Should().Equal(0, 1, 2);
    }

    [Fact]
    public void What_lay_torn_behind_the_end_is_kept_aside()
    {
        using var rig = new LogRig();
        TornEnd.Places places = TornEnd.Make(rig);
        string segment = rig.Segments.Single();
        byte[] bytes = File.ReadAllBytes(rig.PathOf(segment));
        bytes[places.Second + BatchHeader.Size] ^= 1;
        Overwrite(rig.PathOf(segment), bytes);
        rig.Reopened().Should().HaveCount(3);
        File.Exists(rig.PathOf(segment + ".torn")).Should().BeTrue();
    }

    [Fact]
    public void With_no_room_what_is_proven_can_be_read_and_the_next_append_recovers()
    {
        var time = new ManualTime();
        using var rig = new LogRig(time: time);
        TornEnd.Make(rig);
        var faults = new Faults { ErrorOf = LogCalls.Failing("create", Errno.NoSpace) };
        using (QueueLog log = rig.Attach(faults))
        {
            LogRig.ReadAll(log).Should().Equal((0, "a"), (1, "b"));
            log.Unproven.Should().Be(2);
            Action append = () => log.Append("e");
            append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.DiskFull);
            rig.Segments.Should().HaveCount(1);
            // A roll that failed is tried again at most once a second.
            time.Advance(TimeSpan.FromSeconds(2));
            faults.ErrorOf = LogCalls.Failing("write", Errno.NoSpace);
            append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.DiskFull);
            time.Advance(TimeSpan.FromSeconds(2));
            faults.ErrorOf = (_, _) => Errno.None;
            log.Append("e").Should().Be(4);
            LogRig.ReadAll(log).Select(each => each.Body).Should().Equal("a", "b", "c", "d", "e");
            log.Unproven.Should().Be(0);
        }

        rig.HeaderOf(rig.Segments[1]).Previous.Reason.Should().Be(EndReason.Recovered);
        rig.Reopened().Should().HaveCount(5);
    }

    [Fact]
    public void With_a_disk_that_does_not_sync_a_recovery_is_tried_again_by_the_next_append()
    {
        using var rig = new LogRig();
        TornEnd.Make(rig);
        string first = rig.Segments.Single();
        var faults = new Faults
        {
            ErrorOf = (call, name) => call == "fsync" && name != "." ? Errno.InputOutput : Errno.None,
        };
        using QueueLog log = rig.Attach(faults);
        LogRig.ReadAll(log).Should().Equal((0, "a"), (1, "b"));
        faults.ErrorOf = (_, _) => Errno.None;
        log.Append("e").Should().Be(4);
        rig.Segments.Should().HaveCount(2).And.Contain(first);
    }

    [Fact]
    public void No_room_twice_changes_nothing()
    {
        using var rig = new LogRig();
        TornEnd.Make(rig);
        var faults = new Faults { ErrorOf = LogCalls.Failing("create", Errno.NoSpace) };
        for (int i = 0; i < 3; i++)
            using (QueueLog log = rig.Attach(faults))
                LogRig.ReadAll(log).Should().HaveCount(2);
        rig.Reopened().Should().HaveCount(4);
    }

    private static byte[] Spoil(byte[] bytes, int from, string how, int seed)
    {
        byte[] spoilt = [.. bytes];
        if (how == "cut") return spoilt[..from];
        if (how == "zero") spoilt.AsSpan(from).Clear();
        if (how == "garble") new Random(seed).NextBytes(spoilt.AsSpan(from, 4096));
        return spoilt;
    }

    private static bool Same(byte[] before, byte[] after, int from, int to) =>
        after.Length >= to && before.AsSpan(from, to - from).SequenceEqual(after.AsSpan(from, to - from));

    /// <summary>Changes the content, not the file: it is still the one that the page knows.</summary>
    internal static void Overwrite(string path, byte[] bytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }
}
