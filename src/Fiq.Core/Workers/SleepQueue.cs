namespace Fiq.Workers;

/// <summary>
/// Many sleeps on one thread. The runtime's timers read a clock that on many kernels advances every 4 ms, so they
/// fire up to 5 ms late and sometimes early; a pool whose workers sleep 50 ms at a time would lose a tenth of its
/// speed. Here one thread of raised priority waits on the precise clock for the earliest sleep: never early, at most
/// about a millisecond late. The thread exists only while something sleeps or has slept.
/// </summary>
internal sealed class SleepQueue(TimeProvider clock) : IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<Sleep, long> _sleeps = new();
    private Thread? _thread;
    private bool _isDisposed;

    /// <summary>Completes when <paramref name="duration"/> has passed, counted from this call.</summary>
    public Task SleepAsync(TimeSpan duration, CancellationToken cancellation)
    {
        long due = clock.GetTimestamp() + (long)Math.Ceiling(duration.TotalSeconds * clock.TimestampFrequency);
        var sleep = new Sleep();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _sleeps.Enqueue(sleep, due);
            if (_thread is null) StartThread();
            // Only a new earliest sleep changes what the thread waits for.
            else if (ReferenceEquals(_sleeps.Peek(), sleep)) Monitor.Pulse(_gate);
        }

        sleep.CancelBy(cancellation);
        return sleep.Task;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void StartThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "fiq sleeps", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    private void Run()
    {
        var due = new List<Sleep>();
        while (WaitForDue(due))
        {
            foreach (Sleep sleep in due) sleep.Complete();
            due.Clear();
        }
    }

    /// <summary>Takes out what is due, waiting for the first; false at the end.</summary>
    private bool WaitForDue(List<Sleep> due)
    {
        lock (_gate)
        {
            while (!_isDisposed)
            {
                long now = clock.GetTimestamp();
                while (_sleeps.TryPeek(out Sleep? sleep, out long at) && at <= now)
                {
                    _sleeps.Dequeue();
                    due.Add(sleep);
                }

                if (due.Count > 0) return true;
                Monitor.Wait(_gate, MillisecondsToFirst(now));
            }

            return false;
        }
    }

    /// <summary>Rounded down, because waits end late rather than early; but at least 1, or it would spin.</summary>
    private int MillisecondsToFirst(long now)
    {
        if (!_sleeps.TryPeek(out _, out long at)) return Timeout.Infinite;
        return (int)Math.Clamp((at - now) * 1000 / clock.TimestampFrequency, 1, int.MaxValue);
    }

    /// <summary>One sleep; completed by the thread or cancelled, whichever comes first.</summary>
    private sealed class Sleep
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CancellationTokenRegistration _registration;

        public Task Task => _done.Task;

        public void CancelBy(CancellationToken cancellation)
        {
            if (!cancellation.CanBeCanceled) return;
            _registration = cancellation.UnsafeRegister(
                static (state, token) => ((Sleep)state!)._done.TrySetCanceled(token), this);
            // The sleep may have ended while the registration was made; then nobody else would remove it.
            if (_done.Task.IsCompleted) _registration.Unregister();
        }

        public void Complete()
        {
            _done.TrySetResult();
            _registration.Unregister();
        }
    }
}
