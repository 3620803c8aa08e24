namespace Fiq.Workers;

/// <summary>
/// Spreads what is begun evenly: credit grows with time and is spent on what is begun, or stored. Consumers limit their
/// claims by it, not their starts: a message that must wait for its turn stays where others can take it. One thread
/// uses it.
/// </summary>
public sealed class Pacer
{
    // So many portions a second are even enough, and cost little.
    private const int PortionsPerSecond = 20;

    /// <summary>What was not used is kept for so long: enough for a loop that wakes a little late.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(100);

    private readonly double _perSecond;
    private readonly double _creditMax;
    private readonly TimeProvider _clock;
    private double _credit = 1;
    private long _countedAt;

    /// <summary>Begins with credit for one.</summary>
    public Pacer(double perSecond, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(perSecond, 0);
        (_perSecond, _clock, _countedAt) = (perSecond, clock, clock.GetTimestamp());
        _creditMax = Math.Max(1, perSecond * Kept.TotalSeconds);
        PortionMax = (int)Math.Clamp(perSecond / PortionsPerSecond, 1, 1_000_000);
    }

    /// <summary>The most to take at once where it shall look even.</summary>
    public int PortionMax { get; }

    /// <summary>How long until one more may start; call it when <see cref="Available"/> has said 0.</summary>
    public TimeSpan UntilNext => TimeSpan.FromSeconds(Math.Max(0, (1 - _credit) / _perSecond));

    /// <summary>How many may start now.</summary>
    public int Available()
    {
        long now = _clock.GetTimestamp();
        double earned = _clock.GetElapsedTime(_countedAt, now).TotalSeconds * _perSecond;
        _credit = Math.Min(_credit + earned, _creditMax);
        _countedAt = now;
        // A wait that ends on the dot may have earned a hair less than one.
        return (int)Math.Clamp(_credit + 1e-6, 0, int.MaxValue);
    }

    /// <summary>So many are begun. More than are available delay those that follow.</summary>
    public void Take(int count) => _credit -= count;

    /// <summary>Waits until one more may start, and takes so many.</summary>
    public void WaitAndTake(int count)
    {
        while (Available() == 0) Thread.Sleep(UntilNext);
        Take(count);
    }
}
