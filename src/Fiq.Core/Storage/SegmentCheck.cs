using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// Verifies one sealed segment, a piece at a time: every header, its link to the one before, every body's checksum, and
/// that the chain ends where the successor says. Memory is one piece, however large a batch is. Owns the segment.
/// </summary>
internal sealed class SegmentCheck : IDisposable
{
    private const int PieceSize = 64 * 1024;

    private readonly SegmentFile _segment;
    private readonly SegmentEnd _end;
    private readonly byte[] _piece = new byte[PieceSize];
    private long _position = SegmentHeader.Size;
    private uint _previousCrc;
    private BatchHeader _batch;
    private int _bodyLeft;
    private uint _bodyCrc;

    /// <param name="segment">The segment; disposed here.</param>
    /// <param name="end">Its end, as its successor states it.</param>
    public SegmentCheck(SegmentFile segment, in SegmentEnd end)
    {
        _segment = segment;
        _end = end;
        _previousCrc = segment.Header.Previous.LastHeaderCrc;
        Offset = segment.Header.BaseOffset;
    }

    /// <summary>Which segment.</summary>
    public long Ordinal => _segment.Header.Ordinal;

    /// <summary>Everything below this offset was whole.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether all of it was verified.</summary>
    public bool IsDone => _position == _end.Position && _bodyLeft == 0;

    /// <summary>Reads and verifies the next piece of at most so many bytes; returns how many were read.</summary>
    /// <param name="bytesMax">At least the size of a batch header.</param>
    /// <exception cref="DamagedException">It is not what was written.</exception>
    public int Advance(int bytesMax)
    {
        int wanted = (int)Math.Min(Math.Min(bytesMax, PieceSize), _end.Position - _position);
        int read = ReadPiece(wanted);
        if (read < wanted) throw Damaged(_position + read, _end.Position, "the file ends before its stated end");
        int used = 0;
        while (used < read)
        {
            Span<byte> rest = _piece.AsSpan(used, read - used);
            // A header that the piece cuts is read again with the next one, unless there can be no next.
            bool isCut = _bodyLeft == 0 && rest.Length < BatchHeader.Size && _position + rest.Length < _end.Position;
            if (isCut) break;
            used += _bodyLeft > 0 ? TakeBody(rest) : TakeHeader(rest);
        }

        if (IsDone) CheckEnd();
        return read;
    }

    public void Dispose() => _segment.Dispose();

    private int ReadPiece(int wanted)
    {
        try
        {
            return _segment.File.Read(_piece.AsSpan(0, wanted), _position);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            throw Damaged(_position, _position + wanted, $"the disk can't read it: {error.Message}");
        }
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes)
    {
        SegmentHeader segment = _segment.Header;
        bool isLink = BatchHeader.TryDecode(bytes, segment.Secret, segment.Ordinal, _position, out BatchHeader header)
            && header.PreviousCrc == _previousCrc
            && header.BaseOffset == Offset
            && header.EndPosition <= _end.Position;
        if (!isLink)
            throw Damaged(
                _position, _end.Position, $"the chain breaks where offsets {Offset}..{_end.Offset - 1} must be");
        _batch = header;
        _previousCrc = header.Crc;
        _bodyLeft = header.BodyLength;
        _bodyCrc = 0;
        _position += BatchHeader.Size;
        if (_bodyLeft == 0) FinishBatch();
        return BatchHeader.Size;
    }

    private int TakeBody(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(_bodyLeft, bytes.Length);
        _bodyCrc = Crc32C.Extend(_bodyCrc, bytes[..count]);
        _bodyLeft -= count;
        _position += count;
        if (_bodyLeft == 0) FinishBatch();
        return count;
    }

    private void FinishBatch()
    {
        if (_bodyCrc != _batch.BodyCrc)
            throw Damaged(
                _batch.Position,
                _batch.EndPosition,
                _batch.Count == 0 || _batch.Kind != BatchKind.Data
                    ? "the checksum of the table of producers is wrong"
                    : $"the checksum of the batch with offsets {_batch.BaseOffset}..{_batch.EndOffset - 1} is wrong");
        Offset = _batch.EndOffset;
    }

    private void CheckEnd()
    {
        if (_previousCrc != _end.LastHeaderCrc || Offset != _end.Offset)
            throw Damaged(
                _batch.Position, _end.Position, $"it ends at offset {Offset}, its successor says {_end.Offset}");
    }

    private DamagedException Damaged(long from, long to, string what) => new(_segment.Name.ToString(), from, to, what);
}
