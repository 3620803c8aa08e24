using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// How many messages a pool claims beyond its free workers. A message that waits in this process is not available to
/// others, so no more is claimed than the pool will start within <see cref="StartWithin"/>, judged by the longest
/// recent work: thousands of tiny messages are claimed in large batches, one second of work is claimed when a worker
/// is free for it. Where that judgement was wrong, what has waited for <see cref="WaitMax"/> is given back.
/// </summary>
internal sealed class Prefetch(int workers)
{
    /// <summary>Enough to make the cost of a claim vanish; all of it is begun in about a millisecond.</summary>
    public const int CountMax = 256;

    /// <summary>Well under what a person or another process would notice as a wait.</summary>
    public static readonly TimeSpan StartWithin = TimeSpan.FromMilliseconds(5);

    /// <summary>Ten times the intention: then the judgement was wrong.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(50);

    /// <summary>What is left of an old observation after each batch: a long message is forgotten in some 20.</summary>
    private const double Memory = 0.8;

    private readonly Lock _gate = new();

    /// <summary>Seconds of the longest recent work, fading; unknown work is not fetched ahead.</summary>
    private double? _longestSeconds;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                if (_longestSeconds is not { } longest) return 0;
                double begunInTime = workers * StartWithin.TotalSeconds / Math.Max(longest, 1e-6);
                return (int)Math.Min(begunInTime, CountMax);
            }
        }
    }

    /// <summary>What the messages of a claim say of themselves.</summary>
    public void Claimed(IReadOnlyList<Delivery> deliveries)
    {
        long longest = 0;
        foreach (Delivery delivery in deliveries)
            longest = Math.Max(longest, delivery.Message.ProcessingMicroseconds);
        Observe(TimeSpan.FromMicroseconds(longest));
    }

    /// <summary>How long the longest work of a batch took, or has waited for.</summary>
    public void Observe(TimeSpan longest)
    {
        lock (_gate) _longestSeconds = Math.Max(longest.TotalSeconds, (_longestSeconds ?? 0) * Memory);
    }
}
