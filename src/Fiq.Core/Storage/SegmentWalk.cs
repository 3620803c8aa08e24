using System.Buffers;

namespace Fiq.Storage;

/// <summary>
/// Goes from batch header to batch header along the chain, and stops at the first place where the next link does not
/// stand. Reads a window at a time; memory does not depend on the segment.
/// </summary>
internal sealed class SegmentWalk : IDisposable
{
    private const int WindowSize = 64 * 1024;

    private readonly SegmentFile _segment;
    private readonly byte[] _window = ArrayPool<byte>.Shared.Rent(WindowSize);
    private long _windowAt;
    private int _windowLength;
    private long _windowDurableTo;
    private uint _previousCrc;

    private SegmentWalk(SegmentFile segment, long position, long offset, uint previousCrc)
    {
        _segment = segment;
        Position = position;
        Offset = offset;
        _previousCrc = previousCrc;
    }

    /// <summary>Where the next header must stand.</summary>
    public long Position { get; private set; }

    /// <summary>The offset that the next message has.</summary>
    public long Offset { get; private set; }

    /// <summary>The checksum of the last header: the link that the next one, or the stated end, must name.</summary>
    public uint LastCrc => _previousCrc;

    /// <summary>Starts behind the segment header, at the checkpoint.</summary>
    public static SegmentWalk FromStart(SegmentFile segment) =>
        new(segment, SegmentHeader.Size, segment.Header.BaseOffset, segment.Header.Previous.LastHeaderCrc);

    /// <summary>Starts at a place between two batches.</summary>
    public static SegmentWalk From(SegmentFile segment, in LogMark mark) =>
        new(segment, mark.Position, mark.Offset, mark.LastHeaderCrc);

    /// <summary>Starts at a batch whose predecessor is not known: its own word for the chain is taken.</summary>
    public static SegmentWalk? TryFromBatch(SegmentFile segment, long position)
    {
        var walk = new SegmentWalk(segment, position, 0, 0);
        if (walk.TryReadHeader(durableTo: 0, out BatchHeader header))
        {
            walk._previousCrc = header.PreviousCrc;
            walk.Offset = header.BaseOffset;
            return walk;
        }

        walk.Dispose();
        return null;
    }

    /// <summary>Goes to the next batch before <paramref name="end"/>; false where the chain ends.</summary>
    /// <param name="header">The batch.</param>
    /// <param name="end">Where the segment ends, as its successor states.</param>
    /// <param name="durableTo">
    /// Every offset below it is durable now. What was read ahead of it may be a batch that its writer died over, and
    /// that another one replaced since: it is read again before it is believed.
    /// </param>
    public bool TryNext(out BatchHeader header, long end = long.MaxValue, long durableTo = long.MaxValue)
    {
        header = default;
        if (Position >= end || !TryReadHeader(durableTo, out header)) return false;
        if (header.PreviousCrc != _previousCrc || header.BaseOffset != Offset) return false;
        Position = header.EndPosition;
        Offset = header.EndOffset;
        _previousCrc = header.Crc;
        return true;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_window);

    private bool TryReadHeader(long durableTo, out BatchHeader header)
    {
        long at = Position - _windowAt;
        bool held = Offset < _windowDurableTo && at >= 0 && at + BatchHeader.Size <= _windowLength;
        if (held && TryDecode((int)at, out header)) return true;
        // Not held, or written by somebody after the window was read.
        _windowLength = ReadWindow();
        _windowAt = Position;
        _windowDurableTo = durableTo;
        return TryDecode(0, out header);
    }

    private int ReadWindow()
    {
        try
        {
            return _segment.Read(_window.AsSpan(0, WindowSize), Position);
        }
        catch (DamagedException)
        {
            // Something ahead can't be read: that need not be the header that is wanted.
            return _segment.Read(_window.AsSpan(0, BatchHeader.Size), Position);
        }
    }

    private bool TryDecode(int at, out BatchHeader header) => BatchHeader.TryDecode(
        _window.AsSpan(at, _windowLength - at),
        _segment.Header.Secret,
        _segment.Header.Ordinal,
        Position,
        out header);
}
