using Fiq.Cli.Frame;

namespace Fiq.Cli.Produce;

/// <summary>Waits for room in a full queue or on a full disk, and says so once.</summary>
internal sealed class FullWait(Invocation invocation) : IDisposable
{
    // Somebody has to consume, or to make room: nothing tells us when.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ManualResetEventSlim _stopped = new();
    private bool _said;

    /// <summary>Whether to try again, after a pause; false once stopped.</summary>
    public bool Ask(FiqException error)
    {
        if (!_said) invocation.Say($"{Printable.Escape(error.Message)}; waiting for room");
        _said = true;
        return !_stopped.Wait(Pause);
    }

    /// <summary>Waits no more. Safe from any thread.</summary>
    public void Stop() => _stopped.Set();

    public void Dispose() => _stopped.Dispose();
}
