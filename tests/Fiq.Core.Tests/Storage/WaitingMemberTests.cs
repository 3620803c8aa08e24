using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>A process waits for its batch while another one dies: it comes to an answer by itself.</summary>
public sealed class WaitingMemberTests
{
    [Fact]
    public void Killed_anywhere_in_a_full_roll_who_waits_gets_an_answer() => ForEachEffect(_ => { });

    [Fact]
    public void Killed_anywhere_in_a_failed_roll_who_waits_gets_an_answer() => ForEachEffect(
        faults => faults.ErrorOf = LogCalls.FailingOnce("fdatasync", Fiq.Files.Errno.InputOutput));

    private static void ForEachEffect(Action<Faults> prepare)
    {
        for (int k = 0; ; k++)
        {
            using var rig = new LogRig(LogRig.SmallSegmentBytes);
            var faults = new Faults();
            var time = new InterruptedTime();
            using QueueLog waiting = rig.Attach(time: time);
            QueueLog victim = rig.Attach(faults);
            waiting.Append("first");
            victim.Append(new string('.', 5000));
            bool killed = false;
            // Once the batch is written, and before anybody syncs it, the other one rolls and dies.
            time.Interrupt = () =>
            {
                if (rig.OnPage(page => page.Tail().Offset) < 3) return false;
                prepare(faults);
                faults.KillAfter(k);
                killed = LogCalls.Dies(() => victim.Append(new string(':', 5000)));
                victim.Abandon();
                return true;
            };
            long offset = waiting.Append("waits");
            LogRig.ReadAll(waiting).Should().Contain((offset, "waits"), "killed after {0} effects", k);
            List<(long Offset, string Body)> all = LogRig.ReadAll(waiting);
            waiting.Dispose();
            // The dead one may have written something that nobody was told of.
            rig.Reopened().Take(all.Count).Should().Equal(all);
            if (!killed) return;
        }
    }

    /// <summary>A clock that lets something else happen the moment it is asked.</summary>
    private sealed class InterruptedTime : TimeProvider
    {
        private bool _inside;

        /// <summary>True when it happened and need not happen again.</summary>
        public Func<bool>? Interrupt { get; set; }

        public override long GetTimestamp()
        {
            if (Interrupt is not null && !_inside)
            {
                _inside = true;
                if (Interrupt()) Interrupt = null;
                _inside = false;
            }

            return base.GetTimestamp();
        }
    }
}
