using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// Messages encoded as batches in one buffer, ready for one write: each batch has room for its header, which
/// <see cref="Stamp"/> fills once the place is known. The bytes are kept until the answer is, so that a void commit
/// can be stamped and written again.
/// </summary>
internal sealed class EncodedCommit : ICommitSource, IDisposable
{
    /// <summary>A body is closed once it has reached this size, unless one message is larger.</summary>
    public const int BodySizeTarget = 1024 * 1024;

    private readonly List<BatchHeader> _batches = [];
    private readonly ReadOnlyMemory<byte> _producer;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _bodyAt = BatchHeader.Size;
    private BatchHeader _open;
    private Message? _last;

    /// <param name="producer">Who numbers the messages, if anybody does.</param>
    public EncodedCommit(ProducerName? producer = null)
    {
        Producer = producer;
        _producer = producer is ProducerName name ? Encoding.UTF8.GetBytes(name.ToString()) : default;
        _open = NewBatch();
    }

    /// <summary>Who numbers the messages; null when nobody does.</summary>
    public ProducerName? Producer { get; }

    /// <summary>Where the last batch with producers stands once this is written; valid after stamping.</summary>
    public long ProducersThrough { get; private set; }

    /// <summary>Bytes of all batches; valid once <see cref="Close"/> was called.</summary>
    public int Length { get; private set; }

    /// <summary>Number of messages.</summary>
    public int Count { get; private set; }

    /// <summary>What is written; valid after <see cref="Stamp"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>
    /// Adds messages that are stored all or none: in one batch, or in several that are flagged as belonging together.
    /// </summary>
    public void Add(IReadOnlyList<Message> messages, long timestampMicroseconds)
    {
        int firstBatch = _batches.Count;
        foreach (Message message in messages)
        {
            int size = RecordCodec.SizeOf(message, _producer);
            if (_open.Count > 0 && _open.BodyLength + size > BodySizeTarget) CloseBatch();
            Reserve(_bodyAt + _open.BodyLength + size);
            Span<byte> target = _buffer.AsSpan(_bodyAt + _open.BodyLength);
            RecordCodec.Encode(message, timestampMicroseconds, target, _producer);
            Account(message, size, timestampMicroseconds);
            _last = message;
            Count++;
        }

        // The request goes on in the batch that is open now, so every batch that it closed continues in the next.
        Span<BatchHeader> closed = CollectionsMarshal.AsSpan(_batches)[firstBatch..];
        foreach (ref BatchHeader header in closed) header = header with { Flags = header.Flags | BatchFlags.Continues };
    }

    /// <summary>Ends the last batch. Nothing can be added afterwards.</summary>
    public void Close()
    {
        if (_open.Count > 0) CloseBatch();
        Length = _bodyAt - BatchHeader.Size;
    }

    /// <inheritdoc />
    public EncodedCommit Prepare(in LogMark tail) => this;

    /// <summary>How far its producer has come with it, when it ends at this offset. Not for an empty commit.</summary>
    public ProducerPosition LastPosition(long endOffset) =>
        new(_last!.Sequence, endOffset - 1, _last.ProducerNote.ToArray());

    /// <summary>
    /// Fills in the headers for a place behind <paramref name="tail"/> and returns the tail behind them. Only with
    /// the append lock held.
    /// </summary>
    /// <param name="tail">The place.</param>
    /// <param name="secret">The segment's secret.</param>
    /// <param name="durableThrough">Every offset below it is durable.</param>
    /// <param name="producersBefore">Where the last batch with producers before it stands, or 0.</param>
    public LogMark Stamp(in LogMark tail, ulong secret, long durableThrough, long producersBefore = 0)
    {
        LogMark mark = tail;
        ProducersThrough = producersBefore;
        int at = 0;
        foreach (BatchHeader batch in _batches)
        {
            BatchHeader header = (batch with
            {
                Ordinal = mark.Epoch,
                Position = mark.Position,
                BaseOffset = mark.Offset,
                DurableThrough = durableThrough,
                PreviousCrc = mark.LastHeaderCrc,
                Sums = mark.Sums + batch.Sums,
                TimestampMax = Math.Max(mark.TimestampMax, batch.TimestampMax),
                ProducersBefore = ProducersThrough,
            }).Encode(_buffer.AsSpan(at), secret);
            ProducersThrough = header.ProducersThrough;
            mark = LogMark.Behind(header, mark.SegmentBase);
            at += BatchHeader.Size + batch.BodyLength;
        }

        return mark;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // Until the batch is stamped, its sums are its own part alone.
    private void Account(Message message, int size, long timestampMicroseconds)
    {
        long notBefore = message.NotBeforeMicroseconds;
        bool earlier = notBefore > 0 && (_open.NotBeforeMin == 0 || notBefore < _open.NotBeforeMin);
        _open = _open with
        {
            Count = _open.Count + 1,
            BodyLength = _open.BodyLength + size,
            Priorities = _open.Priorities | (1u << message.Priority),
            NotBeforeMin = earlier ? notBefore : _open.NotBeforeMin,
            TimestampMax = Math.Max(_open.TimestampMax, timestampMicroseconds),
            Sums = _open.Sums + new RunningSums(1, size, message.ProcessingMicroseconds),
        };
    }

    private void CloseBatch()
    {
        ReadOnlySpan<byte> body = _buffer.AsSpan(_bodyAt, _open.BodyLength);
        _batches.Add(_open with { BodyCrc = Crc32C.Compute(body) });
        _bodyAt += _open.BodyLength + BatchHeader.Size;
        _open = NewBatch();
    }

    private BatchHeader NewBatch() => new()
    {
        Kind = BatchKind.Data,
        Flags = Producer is null ? BatchFlags.None : BatchFlags.HasProducers,
    };

    private void Reserve(int length)
    {
        if (length <= _buffer.Length) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _buffer.Length * 2));
        // The room for the next header is not written yet, and may lie beyond the end of the buffer.
        int used = Math.Min(_buffer.Length, _bodyAt + _open.BodyLength);
        _buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
