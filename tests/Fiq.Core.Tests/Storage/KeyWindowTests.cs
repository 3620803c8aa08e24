using System.Text;
using Fiq.Engine;
using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>Queues whose keys are unique within a window; each attachment is as good as a process.</summary>
public sealed class KeyWindowTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly LogRig _rig;

    public KeyWindowTests() => _rig = new LogRig(LogRig.SmallSegmentBytes, _time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_key_that_is_in_the_window_is_stored_once_by_whatever_process()
    {
        using Keyed one = Open(UniqueKeyWindow.OfMessages(100));
        using Keyed two = Open(UniqueKeyWindow.OfMessages(100));
        one.Send("a", "b", "a").Should().Equal((0L, false), (1L, false), (0L, true));
        two.Send("b", "c").Should().Equal((1L, true), (2L, false));
        one.Send("c", "a", "d").Should().Equal((2L, true), (0L, true), (3L, false));
        one.Send("", "").Should().Equal([(4L, false), (5L, false)], "what has no key is never the same");
        LogRig.ReadAll(one.Log).Should().HaveCount(6);
    }

    [Fact]
    public void A_window_of_messages_moves_with_them()
    {
        using Keyed queue = Open(UniqueKeyWindow.OfMessages(3));
        queue.Send("a", "b").Should().Equal((0L, false), (1L, false));
        queue.Send("c").Should().Equal((2L, false));
        queue.Send("a").Should().Equal((0L, true));
        queue.Send("d").Should().Equal((3L, false));
        queue.Send("a").Should().Equal((4L, false));
        queue.Send("c").Should().Equal((2L, true));
    }

    [Fact]
    public void A_window_of_time_moves_with_the_clock_and_a_clock_set_back_makes_it_no_shorter()
    {
        using Keyed queue = Open(UniqueKeyWindow.Of(TimeSpan.FromHours(1)));
        queue.Send("a").Should().Equal((0L, false));
        _time.Advance(TimeSpan.FromMinutes(59));
        queue.Send("a", "b").Should().Equal((0L, true), (1L, false));
        _time.Advance(TimeSpan.FromMinutes(2));
        queue.Send("a", "b").Should().Equal((2L, false), (1L, true));
        _time.Advance(TimeSpan.FromHours(-3));
        queue.Send("a", "b").Should().Equal((2L, true), (1L, true));
    }

    [Fact]
    public void Segments_inside_the_window_are_kept_and_a_restart_finds_their_keys()
    {
        UniqueKeyWindow window = UniqueKeyWindow.Of(TimeSpan.FromHours(1));
        using (Keyed queue = Open(window))
        {
            for (int i = 0; i < 12; i++) queue.Send($"k{i}");
            int segments = _rig.Segments.Count;
            segments.Should().BeGreaterThan(3);
            queue.Log.Trim(_ => long.MaxValue).Should().Be(0);
        }

        _rig.Reboot();
        using (Keyed queue = Open(window))
        {
            queue.Send("k0").Should().Equal((0L, true));
            _time.Advance(TimeSpan.FromHours(2));
            queue.Log.Trim(_ => queue.Log.Watermark.Offset).Should().BeGreaterThan(2);
            queue.Send("k0").Should().Equal((12L, false));
        }

        using Keyed last = Open(window);
        last.Send("k0", "k11").Should().Equal((12L, true), (13L, false));
    }

    [Fact]
    public void What_a_failed_sync_made_void_is_no_duplicate()
    {
        var faults = new Faults();
        UniqueKeyWindow window = UniqueKeyWindow.OfMessages(100);
        using Keyed other = Open(window);
        other.Send("x");
        Keyed dead = Open(window, faults);
        dead.Send("y");
        faults.ErrorOf = (call, _) =>
        {
            if (call == "fdatasync") faults.KillAfter(0);
            return Errno.None;
        };
        LogCalls.Dies(() => dead.Send("z")).Should().BeTrue();
        dead.Dispose();
        // It sees z before the tail, and then its epoch ends without it.
        other.Send("z", "y").Should().Equal((2L, false), (1L, true));
        LogRig.ReadAll(other.Log).Select(each => each.Body).Should().Equal("x", "y", "z");
    }

    [Fact]
    public void Different_keys_of_one_hash_are_different()
    {
        // FNV-1a is no secret: pairs like this one are easily made.
        (string one, string two) = ("8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ");
        MessageKey.Parse(one).Hash.Should().Be(MessageKey.Parse(two).Hash);
        using Keyed queue = Open(UniqueKeyWindow.OfMessages(3));
        queue.Send(one, two).Should().Equal((0L, false), (1L, false));
        queue.Send(two, one).Should().Equal((1L, true), (0L, true));
        queue.Send("a", "b").Should().Equal((2L, false), (3L, false));
        queue.Send(one, two).Should().Equal((4L, false), (1L, true));
    }

    [Fact]
    public void A_letter_that_is_sent_back_to_its_group_is_stored_whatever_its_key()
    {
        using Keyed queue = Open(UniqueKeyWindow.OfMessages(10));
        queue.Send("a");
        Message again = Keyed.MessageOf("a") with { ForGroup = GroupName.Parse("audit") };
        queue.Send([again]).Should().Equal((1L, false));
        queue.Send("a").Should().Equal((0L, true));
    }

    [Fact]
    public void Killed_anywhere_the_next_process_stores_each_key_once()
    {
        UniqueKeyWindow window = UniqueKeyWindow.OfMessages(100);
        for (int k = 0; ; k++)
        {
            using var rig = new LogRig(LogRig.SmallSegmentBytes);
            using Keyed other = Open(window, null, rig);
            other.Send("a");
            var faults = new Faults();
            Keyed victim = Open(window, faults, rig);
            victim.Send("b");
            faults.KillAfter(k);
            bool killed = LogCalls.Dies(() => victim.Send("c", "d", "a"));
            victim.Dispose();
            other.Send("a", "b", "c", "d", "e");
            LogRig.ReadAll(other.Log).Select(each => each.Body).Should()
                .Equal(["a", "b", "c", "d", "e"], "killed after {0} effects", k);
            if (!killed) return;
        }
    }

    private Keyed Open(UniqueKeyWindow window, Faults? faults = null, LogRig? rig = null)
    {
        rig ??= _rig;
        LogContext context = (faults is null ? rig.Context : rig.ContextOf(faults)) with { UniqueKeys = window };
        return new Keyed(QueueLog.Attach(context, () => 0), context);
    }

    private sealed class Keyed(QueueLog log, LogContext context) : IDisposable
    {
        private readonly KeyWindow _keys = KeyWindow.TryOpen(context)!;

        public QueueLog Log => log;

        public static Message MessageOf(string key) => new()
        {
            Key = key.Length == 0 ? default : MessageKey.Parse(key),
            Body = Encoding.UTF8.GetBytes(key.Length < 5 && !key.StartsWith('k') ? key : key + new string('.', 2000)),
        };

        public List<(long Offset, bool IsDuplicate)> Send(params string[] keys) =>
            Send([.. keys.Select(MessageOf)]);

        public List<(long Offset, bool IsDuplicate)> Send(Message[] messages)
        {
            var request = new AppendRequest(messages);
            using var commit = new GatheredCommit([request], context.UtcMicroseconds, log, producer: null, _keys);
            commit.Complete(log.Commit(commit));
            Stored stored = request.Task.GetAwaiter().GetResult();
            return [.. messages.Select((_, i) => (stored.At(i).Offset, stored.At(i).Duplicate))];
        }

        public void Dispose()
        {
            LogCalls.Dies(_keys.Dispose);
            LogCalls.Dies(log.Dispose);
        }
    }
}
