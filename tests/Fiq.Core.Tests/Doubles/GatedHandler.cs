using System.Collections.Concurrent;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Tests.Doubles;

/// <summary>Work that lasts until the test ends it, or until it is cancelled.</summary>
internal sealed class GatedHandler : IMessageHandler
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _running = new();
    private int _started;
    private int _atOnce;
    private int _atOnceMax;

    /// <summary>Messages begun so far.</summary>
    public int Started => Volatile.Read(ref _started);

    public int AtOnceMax => Volatile.Read(ref _atOnceMax);

    /// <summary>Work does not wait for the test any more.</summary>
    public bool IsOpen { get; set; }

    public IEnumerable<long> Running => _running.Keys.Order();

    public void Finish(long offset)
    {
        if (_running.TryGetValue(offset, out TaskCompletionSource? work)) work.TrySetResult();
    }

    public void Open()
    {
        IsOpen = true;
        foreach (long offset in _running.Keys) Finish(offset);
    }

    public async ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation)
    {
        var work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[delivery.Offset] = work;
        int atOnce = Interlocked.Increment(ref _atOnce);
        InterlockedMax(ref _atOnceMax, atOnce);
        Interlocked.Increment(ref _started);
        try
        {
            using CancellationTokenRegistration registration =
                cancellation.Register(() => work.TrySetCanceled(cancellation));
            if (!IsOpen) await work.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
            _running.TryRemove(delivery.Offset, out _);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
