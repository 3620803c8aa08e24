namespace Fiq.Workers;

/// <summary>
/// Wakes one waiting loop. Setting it twice before the loop looks wakes it once; a loop may wake without cause and
/// looks again. The waiter never runs on the setter's thread.
/// </summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _isSet;

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0) _semaphore.Release();
    }

    public async ValueTask WaitAsync(TimeSpan limit)
    {
        // Cleared only by who took the semaphore, so the semaphore never counts above one.
        if (await _semaphore.WaitAsync(limit).ConfigureAwait(false)) Volatile.Write(ref _isSet, 0);
    }

    public void Dispose() => _semaphore.Dispose();
}
