using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>What an offset file keeps of failures, whoever wrote it, and in which order.</summary>
public sealed class RetryNoteTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Of_two_failures_the_later_one_counts_though_the_earlier_one_is_written_down_behind_it()
    {
        using var slow = _rig.Attach();
        using var fast = _rig.Attach();
        slow.Fail(slow.Claim(1, 1)[0], 0, Minute, "first").Should().BeTrue();
        _rig.Time.Advance(Minute);
        fast.Fail(fast.Claim(1, 1)[0], 0, Minute, "second").Should().BeTrue();
        fast.Flush();
        slow.Flush();

        Note(0).Should().Match<RetryNote>(note => note.Attempts == 2 && note.Error == "second");
    }

    [Fact]
    public void Attempts_that_only_the_table_knew_are_written_down_before_it_is_made_anew()
    {
        var dying = _rig.Attach();
        var lease = dying.Claim(3, 3)[0];
        dying.Fail(lease, 1, Minute).Should().BeTrue();
        dying.TryStart(lease.Token, 2).Should().BeTrue();
        dying.Abandon();

        _rig.Attach().Abandon();
        _rig.Reboot();

        Note(1).Attempts.Should().Be(1);
        Note(2).Attempts.Should().Be(1);
        using var next = _rig.Attach();
        next.Claim(3, 3).Should().AllSatisfy(
            each => each.AttemptsBefore.Should().Be(each.Offsets().Contains(2) ? 1 : 0));
        next.Status(3).Retrying.Should().Be(1);
        _rig.Time.Advance(Minute);
        next.Claim(3, 3).Should().ContainSingle().Which.AttemptsBefore.Should().Be(1);
    }

    [Fact]
    public void An_older_page_of_this_boot_forgets_no_failure_that_is_on_disk()
    {
        byte[] older;
        using (var member = _rig.Attach())
        {
            var lease = member.Claim(2, 2)[0];
            older = File.ReadAllBytes(_rig.PathOf(TableLayout.Name));
            member.Fail(lease, 1, Minute).Should().BeTrue();
            member.Flush();
            member.Abandon();
        }

        File.WriteAllBytes(_rig.PathOf(TableLayout.Name), older);

        using var next = _rig.Attach();
        next.Claim(2, 2).Offsets().Should().Equal(0);
        _rig.Time.Advance(Minute);
        next.Claim(2, 2).Should().ContainSingle().Which.AttemptsBefore.Should().Be(1);
        TableAudit.Check(_rig);
    }

    private RetryNote Note(long offset) => GroupReader.ReadRetry(_rig.Folder, _rig.Context, offset)!.Value;
}
