using System.Buffers;
using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>
/// Results on stdout, and how many of them have arrived. In a pipe a result has arrived when the reader has taken its
/// last byte, or when it has lain there for <see cref="UnreadMax"/> with the reader still at the other end: a reader
/// that pauses must not hold up settling for ever. Where others write into the same pipe, their unread bytes are
/// taken for ours: that can only settle later.
/// </summary>
internal sealed class ResultOutput : IResultWriter, IDisposable
{
    /// <summary>How long an unread line keeps its message unsettled.</summary>
    public static readonly TimeSpan UnreadMax = TimeSpan.FromSeconds(1);

    /// <summary>So much is gathered before it is written, at most.</summary>
    private const int BatchSize = 64 * 1024;

    /// <summary>A buffer grown larger than this by a large body is not kept.</summary>
    private const int KeptSizeMax = 1024 * 1024;

    private readonly IResultFormat _format;
    private readonly IOutlet _outlet;
    private readonly bool _byLine;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _gone = new();
    private readonly Queue<long> _unwritten = new();
    private readonly Queue<(long End, long WrittenAt)> _unread = new();
    private ArrayBufferWriter<byte> _buffer = new(BatchSize);
    private int _sent;
    private long _formatted;
    private long _written;
    private long _arrived;
    private bool _isClosed;

    /// <param name="format">How a result looks.</param>
    /// <param name="outlet">Where it goes.</param>
    /// <param name="byLine">Write each line on its own, as on a terminal.</param>
    /// <param name="clock">Measures how long a line lies unread.</param>
    public ResultOutput(IResultFormat format, IOutlet outlet, bool byLine, TimeProvider clock)
    {
        (_format, _outlet, _byLine, _clock) = (format, outlet, byLine, clock);
    }

    public bool IsFull => _buffer.WrittenCount >= (_byLine ? 1 : BatchSize);

    public CancellationToken Gone => _gone.Token;

    /// <summary>The reader has gone; seen by whoever watches the pipe.</summary>
    public void ReaderGone() => _gone.Cancel();

    public void Write(in WorkResult result)
    {
        int before = _buffer.WrittenCount;
        _format.Append(_buffer, result);
        _formatted += _buffer.WrittenCount - before;
        _unwritten.Enqueue(_formatted);
    }

    public ValueTask<WriterProgress> FlushAsync(CancellationToken cancellation)
    {
        try
        {
            Send();
        }
        catch (OutputClosedException)
        {
            _isClosed = true;
        }

        (long unread, bool isClosed) = _outlet.Look();
        _isClosed |= isClosed;
        CountArrived(_written - unread);
        return new ValueTask<WriterProgress>(new WriterProgress(_arrived, _isClosed));
    }

    public void Dispose() => _gone.Dispose();

    private void Send()
    {
        while (!_isClosed && _sent < _buffer.WrittenCount)
        {
            int count = _outlet.Write(_buffer.WrittenSpan[_sent..]);
            if (count == 0) break;
            _sent += count;
            _written += count;
        }

        long now = _clock.GetTimestamp();
        while (_unwritten.TryPeek(out long end) && end <= _written)
        {
            _unwritten.Dequeue();
            _unread.Enqueue((end, now));
        }

        if (_sent < _buffer.WrittenCount) return;
        _sent = 0;
        if (_buffer.Capacity > KeptSizeMax) _buffer = new ArrayBufferWriter<byte>(BatchSize);
        else _buffer.ResetWrittenCount();
    }

    private void CountArrived(long read)
    {
        while (_unread.TryPeek(out (long End, long WrittenAt) line) && (line.End <= read || IsOld(line.WrittenAt)))
        {
            _unread.Dequeue();
            _arrived++;
        }
    }

    private bool IsOld(long writtenAt) => !_isClosed && _clock.GetElapsedTime(writtenAt) >= UnreadMax;
}
