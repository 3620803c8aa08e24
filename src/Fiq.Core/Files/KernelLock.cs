namespace Fiq.Files;

/// <summary>
/// Mutual exclusion of all threads of all processes on one byte of a file. The kernel lock keeps other processes
/// out and is freed when this one dies; a gate in front of it keeps the other threads of this one out, which share
/// the descriptor and with it the kernel lock. Held by a thread, which also has to exit; not recursive.
/// </summary>
internal sealed class KernelLock : IDisposable
{
    // A holder is usually gone within some microseconds: first look again at once, then sleep longer and longer.
    private static readonly TimeSpan SpinTime = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan FirstSleep = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(5);

    private readonly IFile _file;
    private readonly long _at;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _sleep;
    private readonly SemaphoreSlim _gate = new(1, 1);

    // The managed id of the thread inside, or 0. Written only by whoever has the gate.
    private volatile int _holder;

    /// <summary>Makes a lock on one byte; takes nothing yet.</summary>
    /// <param name="file">Open for writing; disposed by its owner, not here.</param>
    /// <param name="at">The byte; need not exist.</param>
    /// <param name="time">By which waits are measured.</param>
    /// <param name="sleep">How a waiter pauses; null for the real way.</param>
    public KernelLock(IFile file, long at, TimeProvider time, Action<TimeSpan>? sleep = null)
    {
        _file = file;
        _at = at;
        _time = time;
        _sleep = sleep ?? (pause => _file.WaitForUnlock(_at, pause));
    }

    /// <summary>Whether the calling thread holds it.</summary>
    public bool IsHeld => _holder == Environment.CurrentManagedThreadId;

    /// <summary>Takes it if it is free; never waits.</summary>
    /// <exception cref="InvalidOperationException">The calling thread holds it already.</exception>
    public bool TryEnter()
    {
        CheckNotHeld();
        return _gate.Wait(0) && TryEnterBehindGate();
    }

    /// <summary>Takes it, waiting as long as <paramref name="limit"/> for one holder.</summary>
    /// <param name="limit">The longest wait for one holder; in a crowd it is a few times as long.</param>
    /// <param name="holderPid">The holder's process id, or 0.</param>
    /// <param name="what">What is locked, for the message.</param>
    /// <exception cref="BusyException">It was held all the time.</exception>
    /// <exception cref="InvalidOperationException">The calling thread holds it already.</exception>
    public void Enter(TimeSpan limit, Func<int> holderPid, string what)
    {
        CheckNotHeld();
        var patience = new LockPatience(_time, limit, holderPid);
        if (!_gate.Wait(limit)) throw new BusyException(what, Environment.ProcessId);
        bool entered = false;
        try
        {
            entered = WaitForKernel(patience);
        }
        finally
        {
            if (!entered) _gate.Release();
        }

        if (!entered) throw new BusyException(what, holderPid());
    }

    /// <summary>Gives it back.</summary>
    /// <exception cref="InvalidOperationException">The calling thread does not hold it.</exception>
    public void Exit()
    {
        if (!IsHeld) throw new InvalidOperationException($"byte {_at} of {_file.Name} is not held by this thread");
        _holder = 0;
        try
        {
            _file.Unlock(_at);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private void CheckNotHeld()
    {
        if (IsHeld) throw new InvalidOperationException($"byte {_at} of {_file.Name} is held by this thread already");
    }

    private bool TryEnterBehindGate()
    {
        bool entered = false;
        try
        {
            entered = TryKernel();
        }
        finally
        {
            if (!entered) _gate.Release();
        }

        return entered;
    }

    private bool TryKernel()
    {
        if (!_file.TryLock(_at, exclusive: true)) return false;
        _holder = Environment.CurrentManagedThreadId;
        return true;
    }

    private bool WaitForKernel(LockPatience patience)
    {
        TimeSpan pause = FirstSleep;
        while (!TryKernel())
        {
            if (patience.IsOver) return false;
            if (patience.Waited < SpinTime)
            {
                Thread.Yield();
                continue;
            }

            _sleep(pause);
            pause = pause * 2 < LongestSleep ? pause * 2 : LongestSleep;
        }

        return true;
    }
}
