using System.Text;
using Fiq.Files;
using Fiq.Storage;
using Fiq.Storage.Producers;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage.Producers;

public sealed class NamedProducerTests : IDisposable
{
    private readonly LogRig _rig = new(LogRig.SmallSegmentBytes);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_is_sent_again_is_acknowledged_as_a_duplicate_and_stored_once()
    {
        using Numbered producer = _rig.Open();
        producer.Send(1).Should().Be(new Acknowledgement(0, Durability.Synced, false));
        producer.Send(2).Offset.Should().Be(1);
        producer.Send(2).Should().Be(new Acknowledgement(1, Durability.Synced, true));
        producer.Send(1).Duplicate.Should().BeTrue();
        producer.Send(70).Should().Be(new Acknowledgement(2, Durability.Synced, false), "numbers may leave gaps");
        Bodies(producer.Log).Should().Equal("1", "2", "70");
    }

    [Fact]
    public void Another_process_of_the_name_goes_on_where_the_last_one_ended()
    {
        using (Numbered first = _rig.Open()) first.SendAll(3);
        using Numbered next = _rig.Open();
        next.Producer.Last.Should().Match<ProducerPosition>(last => last.Sequence == 3 && last.Offset == 2);
        Encoding.UTF8.GetString(next.Producer.Last.Note.Span).Should().Be("note 3");
        next.SendAll(5).Select(each => each.Duplicate).Should().Equal(true, true, true, false, false);
        Bodies(next.Log).Should().Equal("1", "2", "3", "4", "5");
    }

    [Fact]
    public void A_request_that_is_known_in_part_stores_the_rest()
    {
        using Numbered producer = _rig.Open();
        producer.SendAll(2);
        List<Acknowledgement> told = producer.Send(
            [.. Enumerable.Range(1, 4).Select(i => ProducerCalls.MessageOf((ulong)i))]);
        told.Select(each => (each.Offset, each.Duplicate))
            .Should().Equal((Acknowledgement.UnknownOffset, true), (1L, true), (2L, false), (3L, false));
    }

    [Fact]
    public void Two_live_processes_of_one_name_are_one_too_many_and_the_holder_is_named()
    {
        using Numbered first = _rig.Open();
        Action second = () => _rig.Open();
        BusyException error = second.Should().Throw<BusyException>().Which;
        error.HolderPid.Should().Be(4711);
        error.Message.Should().Be("producer \"nightly\" is held by process 4711");
        using Numbered other = _rig.Open("hourly");
        other.Send(1).Offset.Should().Be(0);
    }

    [Fact]
    public void Names_do_not_know_each_other()
    {
        using Numbered first = _rig.Open();
        using Numbered second = _rig.Open("hourly");
        first.SendAll(3);
        second.SendAll(2).Should().OnlyContain(each => !each.Duplicate);
        first.Send(4).Offset.Should().Be(5);
    }

    [Fact]
    public void Segments_that_are_deleted_take_no_producer_along()
    {
        string padding = new('.', 3000);
        using (Numbered first = _rig.Open()) first.SendAll(2);
        using (Numbered other = _rig.Open("hourly")) other.SendAll(12, padding);
        _rig.Segments.Count.Should().BeGreaterThan(3);
        using (QueueLog log = _rig.Attach()) log.Trim(_ => log.Watermark.Offset).Should().BeGreaterThan(2);
        _rig.Reboot();
        _rig.PositionOf("nightly").Should().Match<ProducerPosition>(last => last.Sequence == 2 && last.Offset == 1);
        _rig.PositionOf("hourly").Sequence.Should().Be(12);
        _rig.PositionOf("never").IsKnown.Should().BeFalse();
        using Numbered again = _rig.Open();
        again.Send(2).Should().Be(new Acknowledgement(1, Durability.Synced, true));
    }

    [Fact]
    public void What_a_failed_sync_made_void_is_written_again_and_known_once()
    {
        var faults = new Faults();
        using Numbered producer = _rig.Open(faults: faults);
        producer.Send(1);
        faults.ErrorOf = LogCalls.FailingOnce("fdatasync", Errno.InputOutput);
        producer.Send(2).Should().Be(new Acknowledgement(1, Durability.Synced, false));
        producer.Send(2).Duplicate.Should().BeTrue();
        Bodies(producer.Log).Should().Equal("1", "2");
    }

    [Fact]
    public void What_a_dead_process_left_void_is_no_duplicate()
    {
        using QueueLog other = _rig.Attach();
        other.Append("other");
        var faults = new Faults();
        Numbered dead = _rig.Open(faults: faults);
        dead.Send(1);
        faults.ErrorOf = (call, _) =>
        {
            if (call == "fdatasync") faults.KillAfter(0);
            return Errno.None;
        };
        LogCalls.Dies(() => dead.Send(2)).Should().BeTrue();
        dead.Dispose();
        // The leader died in its sync, so its epoch ends without what it had written.
        other.Append("after");
        using Numbered next = _rig.Open();
        next.Producer.Last.Sequence.Should().Be(1);
        next.Send(2).Duplicate.Should().BeFalse();
        Bodies(next.Log).Should().Equal("other", "1", "after", "2");
    }

    [Fact]
    public void What_a_recovery_carries_over_is_known()
    {
        var faults = new Faults();
        Numbered dead = _rig.Open(faults: faults);
        dead.Send(1);
        faults.ErrorOf = (call, _) =>
        {
            if (call == "fdatasync") faults.KillAfter(0);
            return Errno.None;
        };
        LogCalls.Dies(() => dead.Send(2)).Should().BeTrue();
        dead.Dispose();
        _rig.Reboot();
        using Numbered next = _rig.Open();
        next.Producer.Last.Sequence.Should().Be(2);
        next.Send(2).Should().Be(new Acknowledgement(1, Durability.Synced, true));
        next.Send(3).Offset.Should().Be(2);
        next.Log.Append("unnamed");
        next.Send(4).Offset.Should().Be(4);
        _rig.Segments.Count.Should().Be(2);
        next.Dispose();
        _rig.PositionOf("nightly").Sequence.Should().Be(4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fails")]
    [InlineData("recovers")]
    public void Killed_anywhere_the_next_process_of_the_name_stores_each_message_once(string what)
    {
        string padding = new('.', 2500);
        for (int k = 0; ; k++)
        {
            using var rig = new LogRig(LogRig.SmallSegmentBytes);
            QueueLog? other = what == "recovers" ? null : rig.Attach();
            other?.Append("other");
            var faults = new Faults();
            Numbered victim = rig.Open(faults: faults);
            victim.Send(1, padding);
            if (what == "fails") faults.ErrorOf = LogCalls.FailingOnce("fdatasync", Errno.InputOutput);
            faults.KillAfter(k);
            ulong acknowledged = 1;
            bool killed = LogCalls.Dies(() =>
            {
                for (ulong i = 2; i <= 5; i++)
                {
                    victim.Send(i, padding);
                    acknowledged = i;
                    victim.Log.Care();
                }
            });
            victim.Dispose();
            if (what == "recovers") rig.Reboot();
            using (Numbered next = rig.Open())
            {
                next.Producer.Last.Sequence.Should().BeGreaterThanOrEqualTo(acknowledged, "killed after {0}", k);
                next.SendAll(7, padding);
                Bodies(next.Log).Where(body => body != "other").Select(body => body.TrimEnd('.'))
                    .Should().Equal(["1", "2", "3", "4", "5", "6", "7"], "killed after {0} effects", k);
            }

            other?.Dispose();
            rig.PositionOf("nightly").Sequence.Should().Be(7);
            if (!killed) return;
        }
    }

    [Fact]
    public void A_position_without_a_message_is_known_to_all_that_follow_and_makes_no_message()
    {
        using (Numbered first = _rig.Open())
        {
            first.SendAll(2);
            first.Move(7);
            first.Send(7).Should().Be(new Acknowledgement(1, Durability.Synced, true));
            first.Move(6);
            first.Producer.Last.Sequence.Should().Be(7, "nobody goes back");
            first.Send(8).Should().Be(new Acknowledgement(2, Durability.Synced, false));
            first.Move(9);
            first.Move(12);
            using (Numbered other = _rig.Open("hourly")) other.SendAll(12, new string('.', 3000));
            first.Log.Trim(_ => first.Log.Watermark.Offset).Should().BeGreaterThan(2);
        }

        _rig.Reboot();
        ProducerPosition last = _rig.PositionOf("nightly");
        (last.Sequence, last.Offset, Encoding.UTF8.GetString(last.Note.Span)).Should().Be((12UL, 2L, "moved to 12"));
        using Numbered next = _rig.Open();
        next.Send(12).Duplicate.Should().BeTrue();
        next.Send(13).Should().Be(new Acknowledgement(15, Durability.Synced, false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fails")]
    [InlineData("recovers")]
    public void Killed_anywhere_a_producer_that_moves_without_a_message_has_moved_or_not_and_loses_none(string what)
    {
        for (int k = 0; ; k++)
        {
            using var rig = new LogRig(LogRig.SmallSegmentBytes);
            QueueLog? other = what == "recovers" ? null : rig.Attach();
            other?.Append("other");
            var faults = new Faults();
            Numbered victim = rig.Open(faults: faults);
            victim.Send(1);
            if (what == "fails") faults.ErrorOf = LogCalls.FailingOnce("fsync", Errno.InputOutput);
            faults.KillAfter(k);
            bool moved = false;
            FiqException? refused = null;
            bool killed = LogCalls.Dies(() =>
            {
                try
                {
                    victim.Move(5);
                    moved = true;
                }
                catch (FiqException error)
                {
                    refused = error;
                }
            });
            if (what != "fails") refused.Should().BeNull();
            victim.Dispose();
            if (what == "recovers") rig.Reboot();
            using (Numbered next = rig.Open())
            {
                if (moved) next.Producer.Last.Sequence.Should().Be(5, "killed after {0}", k);
                else next.Producer.Last.Sequence.Should().BeOneOf([1UL, 5UL], "killed after {0}", k);
                next.Move(5);
                next.Send(5).Duplicate.Should().BeTrue();
                next.Send(6).Duplicate.Should().BeFalse();
                Bodies(next.Log).Where(body => body != "other").Should().Equal(["1", "6"], "killed after {0}", k);
            }

            other?.Dispose();
            rig.PositionOf("nightly").Sequence.Should().Be(6);
            if (!killed) return;
        }
    }

    [Fact]
    public void Beyond_ten_thousand_names_a_new_one_is_refused_and_none_is_forgotten()
    {
        using var rig = new LogRig();
        using (QueueLog log = rig.Attach())
        {
            for (int i = 0; i < ProducerTable.NamesMax; i++)
            {
                using var commit = new EncodedCommit(ProducerName.Parse($"p{i}"));
                commit.Add([ProducerCalls.MessageOf(1)], 1);
                commit.Close();
                log.Commit(commit);
            }
        }

        using Numbered late = rig.Open("late");
        Action send = () => late.Send(1);
        send.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.QueueFull);
        using Numbered known = rig.Open("p9999");
        known.Send(1).Duplicate.Should().BeTrue();
        known.Send(2).Duplicate.Should().BeFalse();
    }

    private static List<string> Bodies(QueueLog log) => [.. LogRig.ReadAll(log).Select(each => each.Body)];
}
