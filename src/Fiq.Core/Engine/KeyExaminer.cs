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
    private readonly List<GlancedMessage> _glanced = [];

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
        _glanced.Clear();
        long bytes = Glance(piece.Start, end, watermark.Epoch);
        int at = 0;
        for (ulong rest = piece.Mask; rest != 0; rest &= rest - 1)
        {
            long offset = piece.Start + BitOperations.TrailingZeroCount(rest);
            while (at < _glanced.Count && _glanced[at].Offset < offset) at++;
            seen.Add(at < _glanced.Count && _glanced[at].Offset == offset
                ? new ExaminedMessage(offset, HashOf(_glanced[at]), _glanced[at].Priority)
                : new ExaminedMessage(offset, 0, 0));
        }

        return bytes;
    }

    private long Glance(long from, long to, long epoch)
    {
        try
        {
            return _reader.Glance(from, to, epoch, _glanced);
        }
        catch (DamagedException) when (!log.IsDeleted)
        {
            // Said by whoever claims it; what lies before it has been seen.
            return 0;
        }
    }

    // 0 means no key.
    private static ulong HashOf(in GlancedMessage message) =>
        message.KeyHash is ulong hash ? Math.Max(1, hash) : 0;
}
