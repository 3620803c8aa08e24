using Fiq.Files;
using Fiq.Groups;

namespace Fiq.Engine;

/// <summary>
/// A thread of its own that says we live, once a second, and brings settlements to the disk soon after they were made.
/// Handlers may block every thread of the pool; they can't block this one.
/// </summary>
internal sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly ConsumerGroup _group;
    private readonly TimeSpan _flushAfter;
    private readonly Action<long> _flushed;
    private readonly Thread _thread;
    // It sleeps nearly always, so spinning before the sleep would be all the work it does.
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private volatile FiqException? _failure;
    private volatile bool _stopping;
    private volatile bool _dirty;

    /// <param name="group">The membership.</param>
    /// <param name="flushAfter">How long a settlement may wait.</param>
    /// <param name="flushed">Told the durable floor after each flush.</param>
    public Pulse(ConsumerGroup group, TimeSpan flushAfter, Action<long> flushed)
    {
        _group = group;
        _flushAfter = flushAfter;
        _flushed = flushed;
        _thread = new Thread(Run) { IsBackground = true, Name = "fiq pulse" };
        _thread.Start();
    }

    /// <summary>
    /// Why this consumer can't go on: its settlements do not reach the disk, or its files were replaced. Null: it can.
    /// </summary>
    public FiqException? Failure => _failure;

    /// <summary>Something was settled.</summary>
    public void Settled()
    {
        if (_dirty) return;
        _dirty = true;
        _wake.Set();
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            bool woken = _wake.Wait(Beat);
            _wake.Reset();
            _group.Beat();
            Guarded(_group.CheckIdentity);
            if (!woken || !_dirty || _stopping) continue;
            // What is settled meanwhile goes along.
            _wake.Wait(_flushAfter);
            _dirty = false;
            Guarded(() => _flushed(_group.Flush()));
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (FiqException error)
        {
            // Converted: the consumer's next claim ends with it.
            _failure = error;
        }
        catch (FileSystemException error)
        {
            _failure = error.ToFiqException();
        }
    }
}
