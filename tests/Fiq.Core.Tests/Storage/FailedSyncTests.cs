using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>A sync that failed, or whose leader died, proves nothing: everybody goes on in the next segment.</summary>
public sealed class FailedSyncTests : IDisposable
{
    private readonly LogRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_a_failed_sync_covered_is_written_again_in_the_next_segment_and_only_there_acknowledged()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        using QueueLog other = _rig.Attach();
        log.Append("before").Should().Be(0);
        faults.ErrorOf = LogCalls.FailingOnce("fdatasync", Errno.InputOutput);
        log.Append("void at first").Should().Be(1);
        other.Append("after").Should().Be(2);

        _rig.Segments.Should().HaveCount(2);
        SegmentEnd end = _rig.HeaderOf(_rig.Segments[1]).Previous;
        (end.Reason, end.Offset).Should().Be((EndReason.Failed, 1), "nothing of a failed sync counts there");
        LogRig.ReadAll(other).Should().Equal((0, "before"), (1, "void at first"), (2, "after"));
        other.Dispose();
        log.Dispose();
        _rig.Reopened().Should().Equal((0, "before"), (1, "void at first"), (2, "after"));
    }

    [Fact]
    public void A_segment_is_never_synced_again_after_a_failed_sync()
    {
        var faults = new Faults();
        var synced = new List<string>();
        bool failed = false;
        faults.ErrorOf = (call, name) =>
        {
            if (call != "fdatasync") return Errno.None;
            synced.Add(name);
            if (failed) return Errno.None;
            failed = true;
            return Errno.InputOutput;
        };
        using QueueLog log = _rig.Attach(faults);
        string first = _rig.Segments.Single();
        for (int i = 0; i < 5; i++) log.Append($"{i}").Should().Be(i);
        synced.Count(name => name == first).Should().Be(1);
    }

    [Fact]
    public void Nobody_else_syncs_it_either_though_its_leader_died_right_after_the_error()
    {
        for (int k = 0; k < 12; k++)
        {
            using var rig = new LogRig();
            var watched = new Faults();
            using QueueLog other = rig.Attach(watched);
            var faults = new Faults();
            QueueLog leader = rig.Attach(faults);
            other.Append("other");
            leader.Append("leader");
            string first = rig.Segments.Single();
            faults.ErrorOf = (call, _) =>
            {
                if (call != "fdatasync") return Errno.None;
                faults.KillAfter(k);
                return Errno.InputOutput;
            };
            LogCalls.Dies(() => leader.Append("void"));
            leader.Abandon();
            int synced = 0;
            watched.ErrorOf = (call, name) =>
            {
                if (call == "fdatasync" && name == first) synced++;
                return Errno.None;
            };
            other.Append("after");
            synced.Should().Be(0, "the kernel tells of an error once, killed after {0} effects", k);
        }
    }

    [Fact]
    public void On_a_disk_that_syncs_nothing_the_commit_fails_and_nothing_is_stored()
    {
        var faults = new Faults();
        using QueueLog log = _rig.Attach(faults);
        log.Append("before");
        faults.ErrorOf = LogCalls.Failing("fdatasync", Errno.InputOutput);
        Action append = () => log.Append("refused");
        append.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.Failed);
        faults.ErrorOf = (_, _) => Errno.None;
        log.Append("after").Should().Be(1);
        LogRig.ReadAll(log).Should().Equal((0, "before"), (1, "after"));
    }

    [Fact]
    public void The_successor_of_a_dead_leader_ends_the_segment_at_the_watermark()
    {
        using QueueLog other = _rig.Attach();
        other.Append("before");
        var faults = new Faults();
        QueueLog leader = _rig.Attach(faults);
        leader.Append("led");
        // Dies in its sync: the call is made, its answer never seen.
        faults.ErrorOf = (call, _) =>
        {
            if (call == "fdatasync") faults.KillAfter(0);
            return Errno.None;
        };
        LogCalls.Dies(() =>
        {
            leader.Append("nobody was told");
            leader.Append("never");
        }).Should().BeTrue();
        leader.Abandon();
        other.Append("after");
        LogRig.ReadAll(other).Select(each => each.Body).Should().BeEquivalentTo(
            ["before", "led", "after"], options => options.WithStrictOrdering());
        _rig.HeaderOf(_rig.Segments[^1]).Previous.Reason.Should().Be(EndReason.Failed);
    }

    [Fact]
    public void Who_opened_the_segment_late_does_not_lead_until_the_watermark_has_reached_what_it_saw()
    {
        var faults = new Faults();
        QueueLog dead = _rig.Attach(faults);
        using QueueLog late = _rig.Attach();
        dead.Append("proven");
        // Written, never synced: its process is gone before it leads.
        Kill(faults, before: "fdatasync", () => dead.Append("unproven"));
        dead.Abandon();
        ClearSyncing();

        late.Append("after").Should().Be(1, "a sync by a later descriptor would prove nothing about the batch before");
        _rig.Segments.Should().HaveCount(2);
        _rig.HeaderOf(_rig.Segments[1]).Previous.Offset.Should().Be(1);
        LogRig.ReadAll(late).Should().Equal((0, "proven"), (1, "after"));
    }

    [Fact]
    public void A_dead_writer_who_did_not_move_the_tail_has_written_nothing()
    {
        using QueueLog other = _rig.Attach();
        var faults = new Faults();
        QueueLog dead = _rig.Attach(faults);
        other.Append("first");
        using LogReader reader = other.OpenReader();
        LogRig.Read(reader, other, 0, 1).Should().Equal((0, "first"));
        dead.Append("second");
        // The bytes are there, the tail is not moved. A reader may have seen them already.
        faults.ErrorOf = (call, _) =>
        {
            if (call == "write") faults.KillAfter(0);
            return Errno.None;
        };
        LogCalls.Dies(() => dead.Append("a batch that nobody counts")).Should().BeTrue();
        dead.Abandon();
        LogRig.Read(reader, other, 1, 2).Should().Equal((1, "second"));

        other.Append("third").Should().Be(2);
        other.Append("fourth").Should().Be(3);
        LogRig.Read(reader, other, 2, 4).Should().Equal((2, "third"), (3, "fourth"));
    }

    [Fact]
    public void Batches_of_several_members_all_come_back_in_the_next_segment_in_their_order()
    {
        var faults = new Faults();
        using QueueLog failing = _rig.Attach(faults);
        QueueLog[] members = [_rig.Attach(), _rig.Attach(), _rig.Attach()];
        int failures = 0;
        faults.ErrorOf = (call, _) =>
            call == "fdatasync" && Interlocked.Increment(ref failures) % 5 == 3 ? Errno.InputOutput : Errno.None;
        var acknowledged = new System.Collections.Concurrent.ConcurrentDictionary<long, string>();
        Parallel.ForEach([failing, .. members], new ParallelOptions { MaxDegreeOfParallelism = 4 }, (log, _, who) =>
        {
            for (int i = 0; i < 50; i++)
            {
                string body = $"{who}:{i}";
                acknowledged.TryAdd(log.Append(body), body).Should().BeTrue("an offset is given once");
            }
        });
        LogRig.ReadAll(failing).Should().Equal(
            acknowledged.OrderBy(each => each.Key).Select(each => (each.Key, each.Value)));
        foreach (QueueLog member in members) member.Dispose();
        failing.Dispose();
        _rig.Reopened().Should().HaveCount(200);
    }

    /// <summary>Kills the process right before a call has its effect.</summary>
    private static void Kill(Faults faults, string before, Action act)
    {
        faults.ErrorOf = (call, _) => call == before ? throw Dead(faults) : Errno.None;
        LogCalls.Dies(act).Should().BeTrue();
    }

    private static KilledException Dead(Faults faults)
    {
        faults.KillAfter(0);
        LogCalls.Dies(faults.Effect);
        return new KilledException();
    }

    private void ClearSyncing() => _rig.OnPage(page => page.Syncing = 0);
}
