using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Deletes segments that need not be kept any more: when a group's durable floor has crossed a segment's end, and,
/// where age or size decide, from time to time and when a segment was filled. Safe for several threads.
/// </summary>
internal sealed class Trimmer(QueueFolder folder, QueueLog log, TimeProvider time)
{
    // Another group may lag behind; then asking again and again would only read its offset file.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // What is settled is no sign then that anything may go.
    private static readonly TimeSpan RetryByAgeOrSizeAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly RetentionRule _rule = new(folder, log);
    private long _boundary;
    private long _epoch;
    private long _triedAt;

    private RetentionKind Kind => folder.Settings.Limits.Keep?.Kind ?? RetentionKind.Settled;

    /// <summary>Called after each flush.</summary>
    public void FloorIs(long floor)
    {
        lock (_gate)
        {
            TimeSpan after = Kind == RetentionKind.Settled ? RetryAfter : RetryByAgeOrSizeAfter;
            if (_triedAt == 0 || time.GetElapsedTime(_triedAt) >= after) Try(floor);
        }
    }

    /// <summary>
    /// Called when the consumer has left. Nobody asks again soon, and of consumers that live for a moment none would
    /// ever: the queue would grow for ever.
    /// </summary>
    public void LastFloorIs(long floor)
    {
        lock (_gate) Try(floor);
    }

    /// <summary>Called while nothing happens, and when a segment was filled: where age or size decide.</summary>
    public void Idle()
    {
        lock (_gate)
        {
            if (Kind is RetentionKind.Age or RetentionKind.Size) Try(floor: 0);
        }
    }

    /// <summary>Deletes what may go now; returns how many segments that were.</summary>
    public int Now()
    {
        lock (_gate) return Guarded(() => log.Trim(_rule.Limit));
    }

    private void Try(long floor) => Guarded(() => Delete(floor));

    private int Delete(long floor)
    {
        folder.Settings.Refresh();
        long epoch = log.Watermark.Epoch;
        if (epoch != _epoch) Look(epoch);
        bool isPossible = Kind switch
        {
            RetentionKind.Forever => false,
            RetentionKind.Settled => floor >= _boundary,
            _ => _boundary != long.MaxValue,
        };
        if (!isPossible) return 0;
        _triedAt = time.GetTimestamp();
        int count = log.Trim(_rule.Limit);
        if (count > 0) Look(epoch);
        return count;
    }

    /// <summary>
    /// Another group's file may be damaged, its lock held by a stopped process, or no descriptor be left: nothing is
    /// deleted then, and whoever consumes goes on. It is asked again.
    /// </summary>
    private static int Guarded(Func<int> delete)
    {
        try
        {
            return delete();
        }
        catch (Exception error) when (error is FiqException or FileSystemException)
        {
            System.Diagnostics.Debug.WriteLine(error.Message);
            return 0;
        }
    }

    private void Look(long epoch)
    {
        _epoch = epoch;
        _boundary = log.FirstBoundary();
    }
}
