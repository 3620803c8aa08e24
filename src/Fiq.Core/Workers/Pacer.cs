namespace Fiq.Workers;

/// <summary>
/// Spreads the starts of a run evenly: credit grows with time and is spent on what is claimed. Claims are limited, not
/// starts: a message that must wait for its turn stays where others can take it. Used by the claim loop alone.
/// </summary>
internal sealed class Pacer
{
    /// <summary>What was not used is kept for so long: enough for a loop that wakes a little late.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(100);

    private readonly double _perSecond;
    private readonly double _creditMax;
    private readonly TimeProvider _clock;
    private double _credit = 1;
    private long _countedAt;

    public Pacer(double perSecond, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(perSecond, 0);
        (_perSecond, _clock, _countedAt) = (perSecond, clock, clock.GetTimestamp());
        _creditMax = Math.Max(1, perSecond * Kept.TotalSeconds);
    }

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
        return (int)Math.Min(_credit + 1e-6, int.MaxValue);
    }

    public void Take(int count) => _credit -= count;
}
