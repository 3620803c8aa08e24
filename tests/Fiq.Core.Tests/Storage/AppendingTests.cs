using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>Appending and reading back while nothing, or only the disk, goes wrong.</summary>
public sealed class AppendingTests : IDisposable
{
    private readonly LogRig _rig = new(LogRig.SmallSegmentBytes);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_was_appended_is_read_back_in_order_at_dense_offsets()
    {
        using QueueLog first = _rig.Attach();
        using QueueLog second = _rig.Attach();
        first.Append("a").Should().Be(0);
        second.Append("b", "c").Should().Be(1);
        first.Append("d").Should().Be(3);
        LogRig.ReadAll(second).Should().Equal((0, "a"), (1, "b"), (2, "c"), (3, "d"));
    }

    [Fact]
    public void A_full_segment_is_followed_by_the_next_and_states_its_end_there()
    {
        using QueueLog log = _rig.Attach();
        string body = new('x', 1000);
        for (int i = 0; i < 30; i++) log.Append($"{i}:{body}").Should().Be(i);
        _rig.Segments.Should().HaveCountGreaterThan(3);
        LogRig.ReadAll(log).Select(each => each.Offset).Should().Equal(Enumerable.Range(0, 30).Select(i => (long)i));
        foreach (string segment in _rig.Segments.Skip(1))
            _rig.HeaderOf(segment).Previous.Reason.Should().Be(EndReason.Full);
    }

    [Fact]
    public void A_message_larger_than_a_segment_has_one_of_its_own()
    {
        using QueueLog log = _rig.Attach();
        log.Append("small");
        string large = new('y', 5 * (int)LogRig.SmallSegmentBytes);
        log.Append(large).Should().Be(1);
        log.Append("after").Should().Be(2);
        _rig.Segments.Should().HaveCount(3);
        LogRig.ReadAll(log).Should().Equal((0, "small"), (1, large), (2, "after"));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(960)]
    [InlineData(65_000)]
    [InlineData(1_048_256)]
    public void A_commit_of_many_batches_takes_messages_of_any_size(int size)
    {
        // Sizes that end a batch within the last 128 bytes of the buffer once overran it.
        for (int extra = 0; extra <= 256; extra += 8)
        {
            using var commit = new EncodedCommit();
            var message = new Message { Body = new byte[size + extra] };
            int count = (3 * EncodedCommit.BodySizeTarget / (size + extra)) + 1;
            commit.Add([.. Enumerable.Repeat(message, count)], 1);
            commit.Close();
            commit.Count.Should().Be(count);
            commit.Length.Should().BeGreaterThan(count * (size + extra));
        }
    }

    [Fact]
    public void A_request_of_several_batches_says_that_they_belong_together()
    {
        using var rig = new LogRig();
        using QueueLog log = rig.Attach();
        string[] bodies = [.. Enumerable.Range(0, 40).Select(i => $"{i}:{new string('z', 70_000)}")];
        log.Append(bodies).Should().Be(0);
        LogRig.ReadAll(log).Select(each => each.Body).Should().Equal(bodies);
        using SegmentFile segment = SegmentFile.TryOpen(rig.Folder, new SegmentName(1, 0), LogRig.QueueId, false)!;
        using SegmentWalk walk = SegmentWalk.FromStart(segment);
        var flags = new List<BatchFlags>();
        while (walk.TryNext(out BatchHeader header))
            if (header.Kind == BatchKind.Data) flags.Add(header.Flags);
        flags.Should().HaveCountGreaterThan(2);
        flags.SkipLast(1).Should().OnlyContain(flag => flag == BatchFlags.Continues);
        flags[^1].Should().Be(BatchFlags.None);
    }

    [Fact]
    public void A_full_disk_stores_nothing_of_the_commit_and_leaves_no_header_behind()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        log.Append("before");
        LogMark tail = log.Watermark;
        string segment = _rig.Segments.Single();
        bool written = false;
        // As a real disk does it: part of the bytes is there.
        faults.ErrorOf = (call, name) =>
        {
            if (call != "write" || name != segment || written) return Errno.None;
            written = true;
            using EncodedCommit torn = LogCalls.CommitOf("refused");
            torn.Stamp(tail, _rig.HeaderOf(segment).Secret, tail.Offset);
            using IFile file = _rig.Folder.TryOpenFile(segment, writable: true)!;
            file.Write(torn.Bytes, tail.Position);
            return Errno.NoSpace;
        };
        Action append = () => log.Append("refused");
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.DiskFull);
        log.Watermark.Should().Be(tail);
        File.ReadAllBytes(_rig.PathOf(segment)).AsSpan((int)tail.Position, BatchHeader.Size)
            .IndexOfAnyExcept((byte)0).Should().Be(-1, "a refused batch must not be found after a crash");
        log.Append("after").Should().Be(1);
        LogRig.ReadAll(log).Should().Equal((0, "before"), (1, "after"));
    }

    [Fact]
    public void A_lock_that_cannot_be_given_back_after_the_write_leaves_the_outcome_unknown()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        log.Append("before");
        faults.ErrorOf = LogCalls.Failing("unlock", Errno.InputOutput);
        Action append = () => log.Append("unknown");
        // It is written, and whoever syncs next syncs it too: nobody may say that it was refused.
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.Unknown);
        faults.ErrorOf = (_, _) => Errno.None;
        log.Append("after").Should().Be(2);
        LogRig.ReadAll(log).Should().Equal((0, "before"), (1, "unknown"), (2, "after"));
    }

    [Fact]
    public void When_not_even_the_header_can_be_zeroed_the_segment_ends_before_it()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        log.Append("before");
        faults.ErrorOf = LogCalls.Failing("write", Errno.NoSpace);
        Action append = () => log.Append("refused");
        // A recovery could find it, so nobody may say that it was refused.
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.Unknown);
        faults.ErrorOf = (_, _) => Errno.None;
        log.Append("after").Should().Be(1);
        _rig.Segments.Should().HaveCount(2);
        LogRig.ReadAll(log).Should().Equal((0, "before"), (1, "after"));
    }

    [Fact]
    public void A_full_disk_at_a_roll_refuses_the_commit_and_smaller_ones_go_on()
    {
        var faults = new Faults();
        var time = new ManualTime();
        using QueueLog log = _rig.Attach(faults, time);
        log.Append(new string('a', 5000));
        faults.ErrorOf = LogCalls.Failing("create", Errno.NoSpace);
        Action append = () => log.Append(new string('b', 5000));
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.DiskFull);
        log.Append("small").Should().Be(1);
        faults.ErrorOf = (_, _) => Errno.None;
        // With a full disk each try would create and remove a file, so there is one in a second.
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.DiskFull);
        time.Advance(TimeSpan.FromSeconds(1));
        log.Append(new string('b', 5000)).Should().Be(2);
        _rig.Segments.Should().HaveCount(2);
    }
}
