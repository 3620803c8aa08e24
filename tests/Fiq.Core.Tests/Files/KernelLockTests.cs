using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class KernelLockTests : IDisposable
{
    private const long At = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly IFile _ours;
    private readonly IFile _others;

    public KernelLockTests()
    {
        _ours = _folder.Directory.CreateFile("control");
        _others = _folder.Directory.TryOpenFile("control", writable: true)!;
    }

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Whoever_holds_it_keeps_other_descriptions_out()
    {
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        using var others = new KernelLock(_others, At, TimeProvider.System);
        ours.TryEnter().Should().BeTrue();
        ours.IsHeld.Should().BeTrue();
        others.TryEnter().Should().BeFalse();
        others.IsHeld.Should().BeFalse();
        ours.Exit();
        ours.IsHeld.Should().BeFalse();
        others.TryEnter().Should().BeTrue();
    }

    [Fact]
    public void Whoever_holds_it_keeps_other_threads_out_though_the_kernel_would_not()
    {
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        ours.TryEnter().Should().BeTrue();
        bool entered = true;
        bool held = true;
        OnAnotherThread(() => (entered, held) = (ours.TryEnter(), ours.IsHeld));
        entered.Should().BeFalse();
        held.Should().BeFalse();
    }

    [Fact]
    public void It_is_not_recursive()
    {
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        ours.TryEnter().Should().BeTrue();
        ours.Invoking(l => l.TryEnter()).Should().Throw<InvalidOperationException>();
        ours.Invoking(l => l.Enter(Limit, () => 0, "it")).Should().Throw<InvalidOperationException>();
        ours.Exit();
        ours.TryEnter().Should().BeTrue();
    }

    [Fact]
    public void Only_the_thread_that_holds_it_gives_it_back()
    {
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        ours.Invoking(l => l.Exit()).Should().Throw<InvalidOperationException>();
        ours.TryEnter().Should().BeTrue();
        OnAnotherThread(() => ours.Invoking(l => l.Exit()).Should().Throw<InvalidOperationException>());
        ours.IsHeld.Should().BeTrue();
    }

    [Fact]
    public void After_its_limit_a_wait_names_the_holder()
    {
        _others.TryLock(At, exclusive: true).Should().BeTrue();
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        BusyException error = ours.Invoking(l => l.Enter(TimeSpan.FromMilliseconds(1), () => 4711, "the queue"))
            .Should().Throw<BusyException>().Which;
        error.HolderPid.Should().Be(4711);
        error.Message.Should().Be("the queue is held by process 4711");
        _others.Unlock(At);
        ours.TryEnter().Should().BeTrue("the failed wait left nothing behind");
    }

    [Fact]
    public void A_waiting_thread_is_told_when_its_own_process_holds_it()
    {
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        ours.TryEnter().Should().BeTrue();
        OnAnotherThread(() => ours.Invoking(l => l.Enter(TimeSpan.FromMilliseconds(1), () => 0, "it"))
            .Should().Throw<BusyException>().Which.HolderPid.Should().Be(Environment.ProcessId));
    }

    [Fact]
    public void A_waiter_looks_often_at_first_then_sleeps_longer_up_to_five_milliseconds()
    {
        _others.TryLock(At, exclusive: true).Should().BeTrue();
        var time = new SteppedTime();
        var sleeps = new List<TimeSpan>();
        using var ours = new KernelLock(_ours, At, time, pause =>
        {
            sleeps.Add(pause);
            time.Advance(pause);
        });
        ours.Invoking(l => l.Enter(TimeSpan.FromSeconds(1), () => 0, "it")).Should().Throw<BusyException>();
        sleeps.Should().BeInAscendingOrder();
        sleeps[0].Should().Be(TimeSpan.FromMicroseconds(50));
        sleeps[^1].Should().Be(TimeSpan.FromMilliseconds(5));
        sleeps.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause).Should().BeCloseTo(
            TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(6));
    }

    [Fact]
    public void A_waiter_is_patient_while_the_lock_changes_hands_and_not_for_ever()
    {
        _others.TryLock(At, exclusive: true).Should().BeTrue();
        var time = new SteppedTime();
        TimeSpan slept = TimeSpan.Zero;
        using var ours = new KernelLock(_ours, At, time, pause =>
        {
            slept += pause;
            time.Advance(pause);
        });
        int holder = 0;
        ours.Invoking(l => l.Enter(TimeSpan.FromSeconds(1), () => ++holder, "it")).Should().Throw<BusyException>();
        // Looking at the clock takes a little of this clock's time as well.
        slept.Should().BeCloseTo(TimeSpan.FromSeconds(6), TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void A_waiter_gets_it_as_soon_as_it_looks_after_the_holder_has_gone()
    {
        _others.TryLock(At, exclusive: true).Should().BeTrue();
        var time = new SteppedTime();
        int sleeps = 0;
        using var ours = new KernelLock(_ours, At, time, pause =>
        {
            time.Advance(pause);
            if (++sleeps == 3) _others.Unlock(At);
        });
        ours.Enter(Limit, () => 0, "it");
        sleeps.Should().Be(3);
        ours.IsHeld.Should().BeTrue();
    }

    [Fact]
    public void No_two_threads_of_two_descriptions_are_ever_inside_together()
    {
        using var ours = new KernelLock(_ours, At, TimeProvider.System);
        using var others = new KernelLock(_others, At, TimeProvider.System);
        int inside = 0;
        int most = 0;
        int count = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(i => new Thread(() => Work(i % 2 == 0 ? ours : others)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        most.Should().Be(1);
        count.Should().Be(4 * 500);

        void Work(KernelLock mine)
        {
            for (int i = 0; i < 500; i++)
            {
                mine.Enter(TimeSpan.FromMinutes(5), () => 0, "it");
                most = Math.Max(most, Interlocked.Increment(ref inside));
                count++;
                Interlocked.Decrement(ref inside);
                mine.Exit();
            }
        }
    }

    [Fact]
    public void A_failing_kernel_leaves_it_free()
    {
        IFile reading = _folder.Directory.TryOpenFile("control", writable: false)!;
        using var ours = new KernelLock(reading, At, TimeProvider.System);
        ours.Invoking(l => l.TryEnter()).Should().Throw<FileSystemException>();
        ours.Invoking(l => l.Enter(Limit, () => 0, "it")).Should().Throw<FileSystemException>();
        ours.IsHeld.Should().BeFalse();
        reading.Dispose();
        ours.Invoking(l => l.TryEnter()).Should().Throw<ObjectDisposedException>();
    }

    private static void OnAnotherThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        failure.Should().BeNull();
    }

    // Each look at it costs ten microseconds, so that spinning ends.
    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += 100;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
