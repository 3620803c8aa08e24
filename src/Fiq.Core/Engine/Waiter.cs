namespace Fiq.Engine;

/// <summary>
/// A thread of its own for the one call that blocks: sleeping on a word of shared memory. It exists from the first
/// wait on, so that a wait costs no new thread and blocks none of the pool.
/// </summary>
internal sealed class Waiter : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly Lock _gate = new();
    private Thread? _thread;
    private Action? _work;
    private volatile bool _stopping;

    /// <summary>Runs something on the thread; one at a time.</summary>
    public Task<T> RunAsync<T>(Func<T> blocking)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_work is not null) throw new InvalidOperationException("one wait at a time");
            _work = () => Complete(completion, blocking);
            _thread ??= Start();
        }

        _asked.Release();
        return completion.Task;
    }

    /// <summary>Waits for what is running and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate) _stopping = true;
        _asked.Release();
        _thread?.Join();
        _asked.Dispose();
    }

    private void Complete<T>(TaskCompletionSource<T> completion, Func<T> blocking)
    {
        try
        {
            T result = blocking();
            lock (_gate) _work = null;
            completion.SetResult(result);
        }
        catch (Exception error)
        {
            // Converted: whoever waits for the task gets it.
            lock (_gate) _work = null;
            completion.SetException(error);
        }
    }

    private Thread Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "fiq waiter" };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        while (true)
        {
            _asked.Wait();
            // What was asked before the end is still answered.
            _work?.Invoke();
            if (_stopping) return;
        }
    }
}
