using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// A thread of its own on which a consumer verifies what nobody reads. It wakes at most once a second, and once a
/// minute where there is nothing to verify or another process is at it.
/// </summary>
internal sealed class Checker : IDisposable
{
    // Whoever takes a few messages and leaves shall not be bothered.
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(5);

    private readonly SealedCheck _check;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);

    /// <param name="check">What to do; disposed on the thread, which alone may have its lock.</param>
    public Checker(SealedCheck check)
    {
        _check = check;
        _thread = new Thread(Run) { IsBackground = true, Name = "fiq checker" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        using SealedCheck check = _check;
        TimeSpan sleep = FirstAfter;
        while (!_stop.Wait(sleep)) sleep = Advance();
    }

    private TimeSpan Advance()
    {
        try
        {
            return _check.Advance();
        }
        catch (Exception error) when (error is FiqException or FileSystemException)
        {
            // No descriptor is free, or the format is newer: nothing is known of what is stored, and this is a second
            // look only. Whoever works meets the error where it matters.
            return SealedCheck.Rest;
        }
    }
}
