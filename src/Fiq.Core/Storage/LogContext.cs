using Fiq.Files;

namespace Fiq.Storage;

/// <summary>What every part of a queue's log needs to know; the same for all.</summary>
/// <param name="Folder">The queue's folder.</param>
/// <param name="QueueId">The random number that each of its segments carries.</param>
/// <param name="BootId">This boot of the machine.</param>
/// <param name="SegmentBytes">A segment is followed by the next when it would grow beyond this.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">Fresh random numbers: secrets and temporary names.</param>
/// <param name="Pid">This process, for messages.</param>
internal sealed record LogContext(
    IDirectory Folder,
    ulong QueueId,
    Guid BootId,
    long SegmentBytes,
    TimeProvider Time,
    Func<ulong> Random,
    int Pid)
{
    /// <summary>How far back keys are unique; null when they need not be.</summary>
    public UniqueKeyWindow? UniqueKeys { get; init; }

    /// <summary>What ends a segment earlier, if anything.</summary>
    public SegmentBounds Bounds { get; init; } = new();

    /// <summary>The size at which a segment ends now.</summary>
    public long SegmentBytesNow => Math.Min(SegmentBytes, Bounds.Bytes);

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long UtcMicroseconds =>
        (Time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
