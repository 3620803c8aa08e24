using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Settles for a group, without a delivery, what lies below an offset and nobody holds. In many steps, each of which
/// leaves messages and work of the group exact: killed in between, some of it is settled.
/// </summary>
internal sealed class Discarder(LogContext context, QueueLog log, ConsumerGroup group)
{
    private const int MessagesMax = 1024;
    private const long BytesMax = 4L * 1024 * 1024;

    /// <summary>Does it; returns how many messages that were. On disk with the group's next flush.</summary>
    /// <exception cref="DamagedException">Something there can't be read, so nobody knows what work it declares.
    /// </exception>
    public long Below(long offset)
    {
        LogMark watermark = log.Watermark;
        long count = group.Discard(discard => discard.PassTo(
            offset, cursor => LogLookup.MicrosecondsIn(context, [(cursor, offset)], watermark)));
        var declared = new SortedDictionary<long, long>();
        foreach ((long at, long microseconds) in Unsettled(offset, watermark))
        {
            declared.Add(at, microseconds);
            if (declared.Count == MessagesMax) count += Settle(declared);
        }

        return count + Settle(declared);
    }

    private int Settle(SortedDictionary<long, long> declared)
    {
        int count = group.Discard(discard => discard.These(declared)).Count;
        declared.Clear();
        return count;
    }

    /// <summary>What the group has taken and not settled below an offset, each with its work.</summary>
    private IEnumerable<(long Offset, long Microseconds)> Unsettled(long below, LogMark watermark)
    {
        using LogReader reader = log.OpenReader();
        var messages = new List<StoredMessage>();
        var lost = new List<LostMessages>();
        foreach (OffsetRun run in group.Discard(discard => discard.UnsettledBelow(below)))
        {
            for (long next = run.From; next < run.To;)
            {
                (long from, long to) = (next, Math.Min(run.To, next + MessagesMax));
                messages.Clear();
                lost.Clear();
                next = reader.Read(from, to, watermark.Epoch, messages, BytesMax, lost);
                foreach (StoredMessage stored in messages)
                    yield return (stored.Offset, stored.Message.ProcessingMicroseconds);
                foreach (LostMessages each in lost)
                    for (long at = Math.Max(from, each.From); at < Math.Min(next, each.To); at++)
                        yield return (at, each.MicrosecondsOf(at));
            }
        }
    }
}
