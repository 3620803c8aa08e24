namespace Fiq.Pipeline;

/// <summary>One line of input.</summary>
/// <param name="Number">1 for the first line.</param>
/// <param name="Bytes">Without its LF; empty when it was too long to keep.</param>
/// <param name="SkippedSize">The size of a line that was too long to keep; otherwise 0.</param>
public readonly record struct InputLine(long Number, ReadOnlyMemory<byte> Bytes, long SkippedSize);

/// <summary>
/// Cuts a stream into lines, as bytes. Lines are slices of a block that is never written again below them, so a
/// message can keep its slice for as long as it likes. Memory is bounded: a line over the limit is skipped to its LF.
/// One thread uses it.
/// </summary>
public sealed class LineReader : ILineSource
{
    /// <summary>Below the size at which an array goes to the large object heap.</summary>
    private const int BlockSize = 64 * 1024;

    /// <summary>With less room than this a new block is begun.</summary>
    private const int RoomMin = 4 * 1024;

    private readonly Stream _stream;
    private readonly long _lineSizeMax;
    private readonly Action<ReadOnlySpan<byte>>? _taken;
    private byte[] _block = [];
    private int _start;
    private int _scanned;
    private int _end;
    private long _skipped;
    private bool _ended;
    private long _number;

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The stream; not disposed here.</param>
    /// <param name="lineSizeMax">A longer line is skipped.</param>
    /// <param name="linesBefore">How many lines came before the first one.</param>
    /// <param name="taken">
    /// Told of all bytes of the stream, in order: before a line is returned, of its own and its line break.
    /// </param>
    public LineReader(
        Stream stream, long lineSizeMax, long linesBefore = 0, Action<ReadOnlySpan<byte>>? taken = null)
    {
        _stream = stream;
        _lineSizeMax = lineSizeMax;
        _number = linesBefore;
        _taken = taken;
    }

    /// <summary>The number of the last line returned.</summary>
    public long Number => _number;

    /// <summary>Whether anything is left of what has been read.</summary>
    public bool HasRest => _start < _end || _skipped > 0;

    /// <summary>Takes the next line from what has been read; false when more must be read for it.</summary>
    public bool TryNext(out InputLine line)
    {
        int found = _block.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
        if (found >= 0)
        {
            _taken?.Invoke(_block.AsSpan(_start, _scanned + found + 1 - _start));
            line = Cut(_scanned + found);
            _start = _scanned = _scanned + found + 1;
            return true;
        }

        _scanned = _end;
        if (_ended && HasRest)
        {
            _taken?.Invoke(_block.AsSpan(_start, _end - _start));
            line = Cut(_end);
            _start = _end;
            return true;
        }

        if (_end - _start > _lineSizeMax) SkipPending();
        line = default;
        return false;
    }

    /// <summary>Reads more, waiting for it. False at the end: the last line may still lack its LF.</summary>
    public bool Fill()
    {
        if (_ended) return false;
        if (_skipped > 0) SkipPending();
        if (_block.Length - _end < RoomMin) StartBlock();
        int count = _stream.Read(_block.AsSpan(_end));
        _end += count;
        _ended = count == 0;
        return !_ended;
    }

    private InputLine Cut(int end)
    {
        _number++;
        int size = end - _start;
        if (_skipped == 0 && size <= _lineSizeMax) return new InputLine(_number, _block.AsMemory(_start, size), 0);
        long total = _skipped + size;
        _skipped = 0;
        return new InputLine(_number, default, total);
    }

    private void SkipPending()
    {
        _taken?.Invoke(_block.AsSpan(_start, _end - _start));
        _skipped += _end - _start;
        _start = _scanned = _end;
        // Nobody holds a slice of a block that only carried a part of a skipped line; it may be filled again. The
        // first such block may hold earlier lines, so it is left alone.
        if (_skipped > _block.Length) _start = _scanned = _end = 0;
    }

    private void StartBlock()
    {
        int pending = _end - _start;
        byte[] next = GC.AllocateUninitializedArray<byte>(Math.Max(BlockSize, pending * 2));
        _block.AsSpan(_start, pending).CopyTo(next);
        _block = next;
        _scanned -= _start;
        _start = 0;
        _end = pending;
    }
}
