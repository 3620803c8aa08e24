using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>Readers see what is durable, and nothing else.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly LogRig _rig = new(LogRig.SmallSegmentBytes);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_is_written_and_not_synced_is_not_seen()
    {
        using QueueLog log = _rig.Attach();
        log.Append("a");
        TornEnd.WriteAndDie(_rig, "b");
        log.Watermark.Offset.Should().Be(1);
        LogRig.ReadAll(log).Should().Equal((0, "a"));
    }

    [Fact]
    public void Void_batches_behind_a_stated_end_are_never_seen()
    {
        using QueueLog log = _rig.Attach();
        log.Append("a");
        using LogReader reader = log.OpenReader();
        LogRig.Read(reader, log, 0, 1).Should().HaveCount(1);
        TornEnd.WriteAndDie(_rig, "void");
        TornEnd.WriteAndDie(_rig, "void, too");
        _rig.OnPage(page => page.Failed = 1);
        log.Append("b").Should().Be(1);
        _rig.HeaderOf(_rig.Segments[1]).Previous.Offset.Should().Be(1);
        LogRig.Read(reader, log, 0, 2).Should().Equal((0, "a"), (1, "b"));
        LogRig.Read(reader, log, 1, 2).Should().Equal((1, "b"));
        log.Care();
        LogRig.ReadAll(log).Should().Equal((0, "a"), (1, "b"));
    }

    [Fact]
    public void Any_offset_is_found_in_any_order_with_and_without_footers()
    {
        using QueueLog log = _rig.Attach();
        for (int i = 0; i < 60; i++) log.Append($"{i}:{new string('x', 700)}");
        _rig.Segments.Should().HaveCountGreaterThan(5);
        int[] order = [.. Enumerable.Range(0, 60)];
        new Random(7).Shuffle(order);
        for (int round = 0; round < 2; round++)
        {
            using LogReader reader = log.OpenReader();
            foreach (int offset in order)
                LogRig.Read(reader, log, offset, offset + 1).Single().Body.Should().StartWith($"{offset}:");
            log.Care();
        }
    }

    [Fact]
    public void A_long_segment_is_searched_by_its_index()
    {
        using var rig = new LogRig();
        using QueueLog log = rig.Attach();
        for (int i = 0; i < 2000; i++) log.Append($"{i}:{new string('x', 300)}");
        using LogReader reader = log.OpenReader();
        foreach (int offset in (int[])[1999, 0, 1500, 700, 701, 699, 1998])
            LogRig.Read(reader, log, offset, offset + 1).Single().Body.Should().StartWith($"{offset}:");
    }

    [Fact]
    public void A_reader_holds_the_segment_that_is_deleted_under_it()
    {
        using QueueLog log = _rig.Attach();
        for (int i = 0; i < 20; i++) log.Append($"{i}:{new string('x', 1500)}");
        using LogReader reader = log.OpenReader();
        LogRig.Read(reader, log, 0, 1).Should().HaveCount(1);
        log.Trim(_ => 20).Should().BeGreaterThan(1);
        List<(long Offset, string Body)> rest = LogRig.Read(reader, log, 1, 20);
        rest.Select(each => each.Offset).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        rest.Should().OnlyContain(each => each.Body.StartsWith($"{each.Offset}:", StringComparison.Ordinal));
        rest.Should().Contain(each => each.Offset == 19);
        rest.Where(each => each.Offset >= log.FirstOffset).Should().HaveCount((int)(20 - log.FirstOffset));
    }

    [Fact]
    public void Only_segments_below_the_floor_are_deleted_and_never_the_last()
    {
        using QueueLog log = _rig.Attach();
        for (int i = 0; i < 20; i++) log.Append($"{i}:{new string('x', 1500)}");
        List<SegmentName> names = SegmentList.Read(_rig.Folder);
        log.Trim(_ => names[2].BaseOffset - 1).Should().Be(1);
        log.FirstOffset.Should().Be(names[1].BaseOffset);
        log.Trim(_ => names[2].BaseOffset).Should().Be(1);
        log.Trim(_ => long.MaxValue).Should().Be(names.Count - 3);
        _rig.Segments.Should().Equal(names[^1].ToString());
        log.Append("next").Should().Be(20);
        log.Dispose();
        _rig.Reopened()[^1].Should().Be((20, "next"));
    }

    [Fact]
    public void A_failed_directory_sync_after_an_unlink_ends_the_deletion()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        for (int i = 0; i < 20; i++) log.Append($"{i}:{new string('x', 1500)}");
        int before = _rig.Segments.Count;
        faults.ErrorOf = (call, name) => call == "fsync" && name == "." ? Errno.InputOutput : Errno.None;
        Action trim = () => log.Trim(_ => 20);
        trim.Should().Throw<FileSystemException>();
        _rig.Segments.Should().HaveCount(before - 1, "the next one is not touched before the first is durably gone");
    }

    [Fact]
    public void Declared_work_below_an_offset_and_the_first_since_a_time_are_found()
    {
        using QueueLog log = _rig.Attach();
        for (int i = 0; i < 30; i++)
        {
            using var commit = new EncodedCommit();
            var message = new Message { Body = new byte[800], ProcessingMicroseconds = 10 };
            commit.Add([message, message], 1000 + i);
            commit.Close();
            log.Commit(commit);
        }

        LogMark watermark = log.Watermark;
        for (int offset = 0; offset <= 60; offset += 7)
            LogLookup.MicrosecondsBelow(_rig.Context, offset, watermark).Should().Be(offset * 10);
        LogLookup.MicrosecondsBelow(_rig.Context, 60, watermark).Should().Be(600);
        for (int i = 0; i < 30; i++)
            LogLookup.FirstSince(_rig.Context, 0, 1000 + i, watermark).Should().Be(2 * i);
        LogLookup.FirstSince(_rig.Context, 0, 5000, watermark).Should().Be(60);
        LogLookup.FirstSince(_rig.Context, 0, 0, watermark).Should().Be(0);
    }

    [Fact]
    public void Whoever_only_looks_stops_at_the_last_proof_and_changes_nothing()
    {
        TornEnd.Make(_rig);
        string[] before = [.. Directory.EnumerateFiles(_rig.Path).Order()];
        byte[] page = File.ReadAllBytes(_rig.PathOf(ControlFile.Name));
        using (LogView view = LogView.Open(_rig.Context, () => 0))
        {
            view.Watermark.Offset.Should().Be(2);
            view.Segments.Should().Be(1);
        }

        Directory.EnumerateFiles(_rig.Path).Order().Should().Equal(before);
        File.ReadAllBytes(_rig.PathOf(ControlFile.Name)).Should().Equal(page);
    }
}
