using Fiq.Files;
using Fiq.Groups;

namespace Fiq.Engine;

/// <summary>
/// A thread of its own that brings settlements to the disk soon after they were made, and then deletes what nobody
/// needs any more. It may wait for locks and for the disk.
/// </summary>
internal sealed class Flusher : IDisposable
{
    // A lock that a stopped process holds, or a full disk, may be gone in a while: each beat asks again. Whoever
    // consumes should hear of it when it is not.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What is deleted by age grows old while nobody settles anything.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(10);

    private readonly ConsumerGroup _group;
    private readonly TimeSpan _delay;
    private readonly Action<long> _flushed;
    private readonly Action _idle;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private volatile bool _wanted;
    private volatile FiqException? _failure;
    private long _failingSince;

    /// <param name="group">The membership.</param>
    /// <param name="delay">How long a settlement may wait for others.</param>
    /// <param name="flushed">Told the durable floor after each flush.</param>
    /// <param name="idle">Called from time to time while there is nothing to flush.</param>
    /// <param name="time">The clock.</param>
    public Flusher(ConsumerGroup group, TimeSpan delay, Action<long> flushed, Action idle, TimeProvider time)
    {
        (_group, _delay, _flushed, _idle, _time) = (group, delay, flushed, idle, time);
        _thread = new Thread(Run) { IsBackground = true, Name = "fiq flusher" };
        _thread.Start();
    }

    /// <summary>Why settlements have not reached the disk for ten seconds; null while they do.</summary>
    public FiqException? Failure =>
        _failure is FiqException failure
            && (failure is DamagedException || _time.GetElapsedTime(Volatile.Read(ref _failingSince)) >= Patience)
            ? failure
            : null;

    /// <summary>Something is settled and not on disk.</summary>
    public void Want()
    {
        if (_wanted) return;
        _wanted = true;
        _wake.Set();
    }

    public void Dispose()
    {
        _stop.Set();
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            if (!_wake.WaitOne(IdleInterval))
            {
                _idle();
                continue;
            }

            // What is settled meanwhile goes along. At the end the group flushes by itself.
            if (_stop.Wait(_delay)) return;
            _wanted = false;
            Flush();
        }
    }

    private void Flush()
    {
        try
        {
            long floor = _group.Flush();
            _failure = null;
            _flushed(floor);
        }
        catch (FiqException error)
        {
            Failed(error);
        }
        catch (FileSystemException error)
        {
            Failed(error.ToFiqException());
        }
    }

    // Converted: the consumer's next claim ends with it, should it last.
    private void Failed(FiqException error)
    {
        if (_failure is null) Volatile.Write(ref _failingSince, _time.GetTimestamp());
        _failure = error;
    }
}
