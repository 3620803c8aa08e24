using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// What holds for an open queue now. Its `queue.json` may be replaced at any time, and whoever works with the queue
/// looks at it once a second. Safe for several threads.
/// </summary>
internal sealed class LiveSettings
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    /// <summary>A queue of limited size has at least so many segments, because only whole ones can go.</summary>
    public const int SegmentsMin = 8;

    /// <summary>Without a setting, this much of a disk is left free, but no more than 64 MiB.</summary>
    private const int FreeShare = 100;

    private const long FreeBytesMost = 64 * 1024 * 1024;
    private const long SegmentBytesMin = 64 * 1024;

    /// <summary>
    /// The last segment can't be deleted, so on a small disk it must not be most of what is there: a sixteenth.
    /// </summary>
    private const int SegmentShare = 16;

    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly IDirectory _folder;
    private readonly QueueLimits _below;
    private readonly QueueLimits _above;
    private readonly TimeProvider _time;
    private readonly long _freeByDefault;
    private readonly long _segmentOfDisk;
    private readonly Lock _gate = new();
    private volatile State _state;
    private long _lookedAt;

    /// <param name="folder">The queue's folder.</param>
    /// <param name="file">Its settings as read when it was opened.</param>
    /// <param name="below">What the store says for every queue.</param>
    /// <param name="above">What this process was told, which counts more than what the queue says.</param>
    /// <param name="time">The clock.</param>
    public LiveSettings(
        IDirectory folder, QueueFile file, QueueLimits below, QueueLimits above, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        (_below, _above) = (below.Over(QueueLimits.BuiltIn), above);
        _lookedAt = time.GetTimestamp();
        long disk = folder.Facts().TotalBytes;
        _freeByDefault = Math.Min(FreeBytesMost, disk / FreeShare);
        _segmentOfDisk = disk == 0
            ? long.MaxValue
            : Math.Max(QueueSettings.SegmentBytesMin, disk / SegmentShare);
        _state = Take(file);
    }

    /// <summary>How large and how old a segment may become, and how much of the disk is left free.</summary>
    public SegmentBounds Bounds { get; } = new();

    /// <summary>All limits; only the free-space floor may be unstated.</summary>
    public QueueLimits Limits => _state.Limits;

    /// <summary>Whether there may be room for some messages and not for others.</summary>
    public bool AreLimited => Limits is { MessagesMax: > 0 } or { BytesMax: > 0 } or { Lagging: LaggingPolicy.Refuse };

    /// <summary>Whether nothing is to be taken from the queue.</summary>
    public bool IsPaused => _state.IsPaused;

    /// <summary>Looks whether the settings were changed, unless that was less than a second ago.</summary>
    public void Refresh()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookAfter) Reload();
    }

    /// <summary>Looks whether the settings were changed.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
            try
            {
                _state = Take(QueueFile.Read(_folder));
            }
            catch (Exception error) when (error is FiqException or FileSystemException)
            {
                // What was read before holds: whoever works must not stop because of settings, and whoever opens the
                // queue hears what is wrong with them. A deleted queue has none.
                System.Diagnostics.Debug.WriteLine(error.Message);
            }
        }
    }

    private State Take(QueueFile file)
    {
        QueueLimits limits = _above.Over(file.Settings.Limits).Over(_below);
        long bytes = limits.BytesMax is > 0 and long max ? max : long.MaxValue;
        if (limits.Keep is { Kind: RetentionKind.Size } size) bytes = Math.Min(bytes, size.Value);
        Bounds.Bytes = Math.Min(_segmentOfDisk, Math.Max(SegmentBytesMin, bytes / SegmentsMin));
        Bounds.Microseconds = limits.Keep is { Kind: RetentionKind.Age } age
            ? Math.Max(1, age.Value * MicrosecondsPerSecond / SegmentsMin)
            : long.MaxValue;
        Bounds.FreeBytes = limits.FreeBytesMin ?? _freeByDefault;
        return new State(limits, file.IsPaused);
    }

    private sealed record State(QueueLimits Limits, bool IsPaused);
}
