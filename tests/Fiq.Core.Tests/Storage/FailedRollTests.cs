using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>A roll that meets a successor that is there already, or a folder that does not sync.</summary>
public sealed class FailedRollTests : IDisposable
{
    private readonly LogRig _rig = new(LogRig.SmallSegmentBytes);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_successor_that_has_its_name_already_is_adopted()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        log.Append(Long("a"));
        faults.ErrorOf = (call, name) =>
        {
            if (call == "rename") File.Copy(_rig.PathOf(name), _rig.PathOf("00000002-00000000000000000001.log"));
            return Errno.None;
        };
        log.Append(Long("b")).Should().Be(1);
        faults.ErrorOf = (_, _) => Errno.None;
        log.Append("c").Should().Be(2);
        _rig.Segments.Should().HaveCount(2);
        _rig.Folder.List().Should().NotContain(name => name.EndsWith(".tmp", StringComparison.Ordinal));
        _rig.OnPage(page => page.CountEvents(ProtocolEvent.Adopted)).Should().Be(1);
        log.Dispose();
        _rig.Reopened().Select(each => each.Offset).Should().Equal(0, 1, 2);
    }

    [Fact]
    public void When_the_folder_does_not_sync_after_the_rename_the_new_segment_ends_at_once()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        using QueueLog other = _rig.Attach();
        log.Append(Long("a"));
        bool failed = false;
        faults.ErrorOf = (call, name) =>
        {
            if (failed || call != "fsync" || name != ".") return Errno.None;
            failed = true;
            return Errno.InputOutput;
        };
        Action append = () => log.Append(Long("refused"));
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.Failed);
        other.Append("b").Should().Be(1);
        _rig.Segments.Should().HaveCount(3);
        SegmentHeader last = _rig.HeaderOf(_rig.Segments[2]);
        (last.Previous.Reason, last.Previous.Offset).Should().Be((EndReason.Failed, 1), "nothing was put into it");
        LogRig.ReadAll(other).Select(each => each.Offset).Should().Equal(0, 1);
        other.Dispose();
        log.Dispose();
        _rig.Reopened()[^1].Should().Be((1, "b"));
    }

    [Fact]
    public void A_rename_that_fails_leaves_the_segment_as_it_was()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        log.Append(Long("a"));
        faults.ErrorOf = LogCalls.FailingOnce("rename", Errno.InputOutput);
        Action append = () => log.Append(Long("refused"));
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.Failed);
        log.Append("small").Should().Be(1);
        _rig.Segments.Should().HaveCount(1);
        _rig.OnPage(page => page.Rolling).Should().Be(0);
    }

    private static string Long(string body) => body + new string('.', 5000);
}
