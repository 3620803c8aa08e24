using System.Numerics;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>Takes leases and reads their messages. One thread at a time.</summary>
internal sealed class Claimer(QueueLog log, ConsumerGroup group, LogReader reader)
{
    // A claim is read at once, and held in memory until it is worked off.
    private const long ClaimBytesMax = 64L * 1024 * 1024;

    /// <summary>Takes up to <paramref name="countMax"/> messages; empty when none is free.</summary>
    public IReadOnlyList<Delivery> Claim(int countMax)
    {
        LogMark watermark = log.Watermark;
        IReadOnlyList<Lease> leases = group.Claim(countMax, watermark.Offset);
        if (leases.Count == 0) return [];
        var deliveries = new List<Delivery>();
        long bytes = 0;
        try
        {
            foreach (Lease lease in leases) bytes += Read(lease, watermark, deliveries, ClaimBytesMax - bytes);
        }
        catch
        {
            HandBack(leases);
            throw;
        }

        return deliveries;
    }

    private long Read(in Lease lease, in LogMark watermark, List<Delivery> into, long bytesMax)
    {
        var messages = new List<StoredMessage>();
        long bytes = 0;
        ulong rest = lease.Mask;
        while (rest != 0)
        {
            int first = BitOperations.TrailingZeroCount(rest);
            int length = BitOperations.TrailingZeroCount(~(rest >> first));
            rest &= ~(Low(length) << first);
            long from = lease.Start + first;
            long to = from + length;
            messages.Clear();
            long reached = from;
            if (bytes < bytesMax) reached = reader.Read(from, to, watermark.Epoch, messages, bytesMax - bytes);
            foreach (StoredMessage stored in messages)
            {
                bytes += stored.Message.Body.Length;
                into.Add(new Delivery(stored.Offset, stored.Message, lease.AttemptsBefore + 1, lease.Token));
            }

            SettleMissing(lease, from, reached, messages);
            Settle(lease, reached, to, done: false);
        }

        return bytes;
    }

    // What is not in the log any more (repaired away, or trimmed under a policy) can't be worked on: it is settled.
    private void SettleMissing(in Lease lease, long from, long reached, List<StoredMessage> messages)
    {
        long next = from;
        foreach (StoredMessage stored in messages)
        {
            Settle(lease, next, stored.Offset, done: true);
            next = stored.Offset + 1;
        }

        Settle(lease, next, reached, done: true);
    }

    private void Settle(in Lease lease, long from, long to, bool done)
    {
        if (from >= to) return;
        var settled = new SettledOffset[to - from];
        for (int i = 0; i < settled.Length; i++) settled[i] = new SettledOffset(lease.Token, from + i, 0, done);
        group.Settle(settled, new bool[settled.Length]);
    }

    private void HandBack(IReadOnlyList<Lease> leases)
    {
        foreach (Lease lease in leases)
            for (int i = 0; i < 64; i++)
                if ((lease.Mask & (1UL << i)) != 0)
                    Settle(lease, lease.Start + i, lease.Start + i + 1, done: false);
    }

    private static ulong Low(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;
}
