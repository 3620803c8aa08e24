namespace Fiq.Cli.Produce;

/// <summary>
/// Lets no more than so many messages a second through, evenly: each batch waits until what went before it has had its
/// time. What was not used is not saved up. One thread uses it.
/// </summary>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    // So many batches a second are even enough, and cost little.
    private const int BatchesPerSecond = 20;

    private long _started;
    private double _secondsUsed;

    /// <summary>The largest batch to send at once.</summary>
    public int BatchCountMax { get; } = (int)Math.Clamp(perSecond / BatchesPerSecond, 1, 1_000_000);

    /// <summary>Waits for the turn of so many messages.</summary>
    public void Wait(int count)
    {
        if (_started == 0) _started = time.GetTimestamp();
        double elapsed = time.GetElapsedTime(_started).TotalSeconds;
        _secondsUsed = Math.Max(_secondsUsed, elapsed - 1.0 / BatchesPerSecond);
        if (_secondsUsed > elapsed) Thread.Sleep(TimeSpan.FromSeconds(_secondsUsed - elapsed));
        _secondsUsed += count / perSecond;
    }
}
