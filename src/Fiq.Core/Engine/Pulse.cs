using Fiq.Groups;

namespace Fiq.Engine;

/// <summary>
/// A thread of its own that says once a second that we live. It waits for no lock and no disk, and no handler can
/// block it: who is slow must not be taken for dead.
/// </summary>
internal sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConsumerGroup _group;
    private readonly Action _unflushed;
    private readonly Thread _thread;

    // It sleeps nearly always, so spinning before the sleep would be all the work it does.
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);

    /// <param name="group">The membership.</param>
    /// <param name="unflushed">
    /// Told when something is settled and not on disk: by us, by a member that died, or before a flush that failed.
    /// </param>
    public Pulse(ConsumerGroup group, Action unflushed)
    {
        _group = group;
        _unflushed = unflushed;
        _thread = new Thread(Run) { IsBackground = true, Name = "fiq pulse" };
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
        do
        {
            _group.Beat();
            if (_group.NeedsFlush) _unflushed();
        }
        while (!_stop.Wait(Interval));
    }
}
