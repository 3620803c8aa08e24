namespace Fiq.Storage;

/// <summary>
/// What ends a segment earlier than its queue's settings alone would: limits of the whole queue. May change at any
/// time; processes that do not agree for a moment end segments at different places, and nothing else.
/// </summary>
internal sealed class SegmentBounds
{
    private long _bytes = long.MaxValue;
    private long _microseconds = long.MaxValue;
    private long _freeBytes;

    /// <summary>The size beyond which a segment should not grow.</summary>
    public long Bytes
    {
        get => Volatile.Read(ref _bytes);
        set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>No room is set aside ahead that would leave less than this free on the disk.</summary>
    public long FreeBytes
    {
        get => Volatile.Read(ref _freeBytes);
        set => Volatile.Write(ref _freeBytes, value);
    }

    /// <summary>The age beyond which nothing should be added to a segment.</summary>
    public long Microseconds
    {
        get => Volatile.Read(ref _microseconds);
        set => Volatile.Write(ref _microseconds, value);
    }
}
