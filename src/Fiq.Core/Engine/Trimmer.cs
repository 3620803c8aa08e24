using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Deletes segments that every group has settled, when a group's durable floor has crossed a segment's end.
/// </summary>
internal sealed class Trimmer(QueueFolder folder, QueueLog log, TimeProvider time)
{
    // Another group may lag behind; then asking again and again would only read its offset file.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _boundary;
    private long _epoch;
    private long _triedAt;

    /// <summary>Called after each flush.</summary>
    public void FloorIs(long floor)
    {
        lock (_gate)
        {
            if (_triedAt == 0 || time.GetElapsedTime(_triedAt) >= RetryAfter) Try(floor);
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

    private void Try(long floor)
    {
        long epoch = log.Watermark.Epoch;
        if (epoch != _epoch) Look(epoch);
        if (floor < _boundary) return;
        _triedAt = time.GetTimestamp();
        try
        {
            if (log.Trim(() => folder.SmallestDurableFloor() ?? 0) > 0) Look(epoch);
        }
        catch (Exception error) when (error is FiqException or FileSystemException)
        {
            // Another group's file may be damaged, or its lock held by a stopped process: nothing is deleted then, and
            // this group goes on. It is asked again.
            System.Diagnostics.Debug.WriteLine(error.Message);
        }
    }

    private void Look(long epoch)
    {
        _epoch = epoch;
        _boundary = log.FirstBoundary();
    }
}
