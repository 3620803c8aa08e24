using System.Numerics;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Lets messages into an ordered group: reads the keys of those that come next, without a lock, and tells the group.
/// When another process was faster, it begins again. One thread at a time.
/// </summary>
internal sealed class KeyExaminer(QueueLog log, ConsumerGroup group) : IDisposable
{
    private const int MessagesMax = 4096;
    private const long BytesMax = 16L * 1024 * 1024;

    private readonly LogReader _reader = log.OpenReader();
    private readonly List<StoredMessage> _messages = [];

    /// <summary>Lets some more in; false when there are none, or the table has no room for them.</summary>
    public bool TryGoOn(in LogMark watermark)
    {
        IReadOnlyList<UnexaminedPiece> pieces = group.Admission.Unexamined(MessagesMax, watermark.Offset);
        if (pieces.Count == 0) return false;
        var seen = new List<ExaminedMessage>();
        var read = new List<UnexaminedPiece>();
        long bytes = 0;
        foreach (UnexaminedPiece piece in pieces)
        {
            if (bytes > BytesMax) break;
            bytes += Read(piece, watermark, seen);
            read.Add(piece);
        }

        group.Admission.TryAdmit(read, seen);
        return true;
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>
    /// What is damaged or lost counts as a message without a key: whoever takes it finds out, and names it.
    /// </summary>
    private long Read(in UnexaminedPiece piece, in LogMark watermark, List<ExaminedMessage> seen)
    {
        long end = piece.Start + 64 - BitOperations.LeadingZeroCount(piece.Mask);
        Dictionary<long, Message> found = Find(piece.Start, end, watermark);
        long bytes = 0;
        for (ulong rest = piece.Mask; rest != 0; rest &= rest - 1)
        {
            long offset = piece.Start + BitOperations.TrailingZeroCount(rest);
            Message? message = found.GetValueOrDefault(offset);
            seen.Add(new ExaminedMessage(offset, message is null ? 0 : HashOf(message.Key), message?.Priority ?? 0));
            bytes += message?.Body.Length ?? 0;
        }

        return bytes;
    }

    private Dictionary<long, Message> Find(long from, long to, in LogMark watermark)
    {
        _messages.Clear();
        try
        {
            for (long next = from; next < to;)
                next = _reader.Read(next, to, watermark.Epoch, _messages, BytesMax);
        }
        catch (DamagedException) when (!log.IsDeleted)
        {
            // Said by whoever claims it; what lies before it has been read.
            return _messages.ToDictionary(stored => stored.Offset, stored => stored.Message);
        }

        return _messages.ToDictionary(stored => stored.Offset, stored => stored.Message);
    }

    // 0 means no key.
    private static ulong HashOf(in MessageKey key) => key.IsEmpty ? 0 : Math.Max(1, key.Hash);
}
