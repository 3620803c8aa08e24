using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>
/// A process is killed before each of its effects, one after the other: a store into the page, a call that changes
/// the folder. The others go on, and nothing acknowledged is lost or changed.
/// </summary>
public sealed class KilledMemberTests
{
    [Fact]
    public void Killed_anywhere_in_a_commit_the_others_go_on() =>
        ForEachEffect(LogRig.SmallSegmentBytes, _ => { }, victim => victim.Append("victim"));

    [Fact]
    public void Killed_anywhere_in_a_full_roll_the_others_go_on() => ForEachEffect(
        LogRig.SmallSegmentBytes, log => log.Append(Long("a")), victim => victim.Append(Long("victim")));

    [Fact]
    public void Killed_anywhere_in_a_roll_that_takes_the_spare_file_the_others_go_on() => ForEachEffect(
        LogRig.SmallSegmentBytes,
        log =>
        {
            log.Append(Long("a"));
            log.Care();
        },
        victim => victim.Append(Long("victim")));

    [Fact]
    public void Killed_anywhere_in_a_failed_roll_the_others_go_on() => ForEachEffect(
        LogRig.SmallSegmentBytes, log => log.Append("a"), victim => victim.Append("victim"), failFirstSync: true);

    [Fact]
    public void Killed_anywhere_while_tidying_up_the_others_go_on() => ForEachEffect(
        LogRig.SmallSegmentBytes,
        log =>
        {
            log.Append(Long("a"));
            log.Append(Long("b"));
        },
        victim => victim.Care());

    [Fact]
    public void Killed_anywhere_while_attaching_after_a_crash_the_next_one_recovers()
    {
        for (int k = 0; ; k++)
        {
            using var rig = new LogRig(LogRig.SmallSegmentBytes);
            rig.Append("a", "b");
            LeaveUnproven(rig, "c");
            var faults = new Faults();
            faults.KillAfter(k);
            bool killed = LogCalls.Dies(() => rig.Attach(faults).Abandon());
            using QueueLog next = rig.Attach();
            List<(long, string)> read = LogRig.ReadAll(next);
            read.Should().Equal([(0, "a"), (1, "b"), (2, "c")], "killed after {0} effects", k);
            next.Append("d").Should().Be(3);
            if (!killed) return;
        }
    }

    /// <summary>A process writes and dies before it syncs.</summary>
    internal static void LeaveUnproven(LogRig rig, string body)
    {
        var faults = new Faults();
        QueueLog dead = rig.Attach(faults);
        faults.ErrorOf = (call, _) =>
        {
            if (call == "fdatasync") faults.KillAfter(0);
            return Errno.None;
        };
        LogCalls.Dies(() => dead.Append(body)).Should().BeTrue();
        dead.Abandon();
    }

    private static string Long(string body) => body + new string('.', 5000);

    private static void ForEachEffect(
        long segmentBytes, Action<QueueLog> prepare, Action<QueueLog> act, bool failFirstSync = false)
    {
        for (int k = 0; ; k++)
        {
            using var rig = new LogRig(segmentBytes);
            var faults = new Faults();
            using QueueLog other = rig.Attach();
            QueueLog victim = rig.Attach(faults);
            // Each has the segment open, so each may lead.
            other.Append("other");
            victim.Append("mine");
            prepare(other);
            if (failFirstSync) faults.ErrorOf = LogCalls.FailingOnce("fdatasync", Errno.InputOutput);
            List<(long, string)> before = LogRig.ReadAll(other);
            faults.KillAfter(k);
            bool killed = LogCalls.Dies(() => act(victim));
            victim.Abandon();

            long offset = other.Append("after");
            List<(long Offset, string Body)> after = LogRig.ReadAll(other);
            after.Take(before.Count).Should().Equal(before, "killed after {0} effects", k);
            after[^1].Should().Be((offset, "after"));
            after.Select(each => each.Offset).Should().Equal(Enumerable.Range(0, after.Count).Select(i => (long)i));
            after.Count.Should().BeInRange(before.Count + 1, before.Count + 2);
            other.Dispose();
            rig.Reopened().Should().Equal(after, "the same after a recovery, killed after {0} effects", k);
            if (!killed) return;
        }
    }
}
