namespace Fiq.Workers;

/// <summary>
/// Wakes one waiting loop. Setting it twice before the loop looks wakes it once; a loop may wake without cause and
/// looks again. The waiter never runs on the setter's thread.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource _set = New();

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>Waits until it is set, or for so long.</summary>
    public async ValueTask WaitAsync(TimeSpan limit)
    {
        TaskCompletionSource current = _set;
        // A wait that ends by its limit is no error, and an exception for each would cost more than the wait is worth.
        await current.Task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What is set between these lines is seen by the loop, which looks now.
        if (current.Task.IsCompleted) Volatile.Write(ref _set, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
