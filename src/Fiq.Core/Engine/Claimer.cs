using System.Numerics;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>Takes leases and reads their messages. One thread at a time.</summary>
internal sealed class Claimer(QueueLog log, ConsumerGroup group, GroupName name, TimeProvider time) : IDisposable
{
    // A claim is read at once, and held in memory until it is worked off.
    private const long ClaimBytesMax = 64L * 1024 * 1024;

    // Once some messages are there they shall be worked on, and not wait until enough others are found.
    private const int ExaminationsMax = 4;

    // Messages whose time has not come stand in the group's table by so many.
    private const int Neighbours = 64;

    private readonly LogReader _reader = log.OpenReader();
    private readonly Scout _scout = new(log, group);
    private readonly KeyExaminer _examiner = new(log, group);
    private bool _hasDelayed;

    /// <summary>Takes up to <paramref name="countMax"/> messages; empty when none is free.</summary>
    /// <exception cref="DamagedException">What is next is damaged, and nothing lies before it.</exception>
    /// <exception cref="FiqException"><see cref="ErrorCode.QueueNotFound"/>: the queue was deleted.</exception>
    public IReadOnlyList<Delivery> Claim(int countMax)
    {
        try
        {
            return ClaimNext(countMax);
        }
        catch (DamagedException) when (log.IsDeleted)
        {
            // What is taken away under its readers is missing, and no damage.
            throw LogErrors.Deleted();
        }
    }

    public void Dispose()
    {
        _examiner.Dispose();
        _scout.Dispose();
        _reader.Dispose();
    }

    private List<Delivery> ClaimNext(int countMax)
    {
        while (true)
        {
            LogMark watermark = log.Watermark;
            IReadOnlyList<Lease> leases = group.IsOrdered
                ? ClaimInOrder(countMax, watermark)
                : ClaimAny(countMax, watermark);
            if (leases.Count == 0) return [];
            List<Delivery> deliveries = Wanted(Read(leases, watermark), countMax);
            // Nothing but lost messages, which are settled now, or some whose time has not come: what lies behind them
            // is there to be taken.
            if (deliveries.Count > 0) return deliveries;
        }
    }

    private IReadOnlyList<Lease> ClaimAny(int countMax, in LogMark watermark)
    {
        _scout.Advance(watermark, countMax);
        // Where some were delayed the next ones often are: looked at one by one, each would need a place of its own.
        return group.Claim(_hasDelayed ? Math.Max(countMax, Neighbours) : countMax, watermark.Offset);
    }

    /// <summary>The best of them; the others go back.</summary>
    private List<Delivery> Wanted(List<Delivery> deliveries, int countMax)
    {
        if (deliveries.Count <= countMax) return deliveries;
        SettledOffset[] others =
        [
            .. deliveries.Skip(countMax).OrderBy(each => each.Offset).Select(each =>
                new SettledOffset(each.Token, each.Offset, 0, Done: false) { Priority = each.Message.Priority }),
        ];
        group.Settle(others, new bool[others.Length]);
        return deliveries[..countMax];
    }

    private List<Lease> ClaimInOrder(int countMax, in LogMark watermark)
    {
        var leases = new List<Lease>(group.Claim(countMax, watermark.Offset));
        long count = Count(leases);
        for (int i = 0; count < countMax && (count == 0 || i < ExaminationsMax); i++)
        {
            if (!_examiner.TryGoOn(watermark)) break;
            leases.AddRange(group.Claim(countMax - (int)count, watermark.Offset));
            count = Count(leases);
        }

        return leases;
    }

    private static long Count(List<Lease> leases) => leases.Sum(lease => (long)BitOperations.PopCount(lease.Mask));

    private List<Delivery> Read(IReadOnlyList<Lease> leases, in LogMark watermark)
    {
        var deliveries = new List<Delivery>();
        var sieve = new Sieve(name, new GroupClock(time).Wall);
        long bytes = 0;
        try
        {
            foreach (Lease lease in leases) bytes += Read(lease, watermark, sieve, deliveries, ClaimBytesMax - bytes);
        }
        catch (DamagedException)
        {
            // What lies before the damage is whole. The rest goes back, and whoever claims it meets the damage.
            HandBack(leases, deliveries, sieve);
            if (deliveries.Count == 0) throw;
        }
        catch
        {
            HandBack(leases, [], sieve);
            throw;
        }

        _hasDelayed = sieve.HasDelayed;
        SettledOffset[] others = sieve.Others;
        group.Settle(others, new bool[others.Length]);
        // Leases that came back may interleave.
        deliveries.Sort((left, right) => (right.Message.Priority, left.Offset)
            .CompareTo((left.Message.Priority, right.Offset)));
        return deliveries;
    }

    private long Read(in Lease lease, in LogMark watermark, Sieve sieve, List<Delivery> into, long bytesMax)
    {
        var messages = new List<StoredMessage>();
        var lost = new List<LostMessages>();
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
            lost.Clear();
            long reached = from;
            try
            {
                if (bytes < bytesMax) reached = _reader.Read(
                    from, to, watermark.Epoch, messages, bytesMax - bytes, lost);
            }
            finally
            {
                foreach (StoredMessage stored in messages)
                {
                    bytes += stored.Message.Body.Length;
                    if (sieve.Pass(stored, lease) is Delivery delivery) into.Add(delivery);
                }
            }

            RequireAll(from, reached, messages.Count + SettleLost(lease, from, reached, lost));
            HandBack(lease, reached, to);
        }

        return bytes;
    }

    // Nothing that a group has not settled is ever deleted, so what is not there is damage. To pass it over would
    // settle messages that nobody has seen.
    private static void RequireAll(long from, long reached, long found)
    {
        if (found == reached - from) return;
        throw new DamagedException(
            "the log", 0, 0, $"offsets {from}..{reached - 1} were durable, and only {found} are there");
    }

    /// <summary>
    /// Settles what a repair recorded as lost, so that no group waits for it; returns how many messages that were.
    /// </summary>
    private long SettleLost(in Lease lease, long from, long reached, List<LostMessages> lost)
    {
        var offsets = new List<SettledOffset>();
        foreach (LostMessages each in lost)
            for (long offset = Math.Max(from, each.From); offset < Math.Min(reached, each.To); offset++)
                offsets.Add(new SettledOffset(lease.Token, offset, each.MicrosecondsOf(offset), Done: true));
        if (offsets.Count > 0) group.Settle(offsets.ToArray(), new bool[offsets.Count]);
        return offsets.Count;
    }

    private void HandBack(in Lease lease, long from, long to)
    {
        if (from >= to) return;
        var offsets = new SettledOffset[to - from];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = new SettledOffset(lease.Token, from + i, 0, Done: false);
        group.Settle(offsets, new bool[offsets.Length]);
    }

    private void HandBack(IReadOnlyList<Lease> leases, List<Delivery> except, Sieve sieve)
    {
        SettledOffset[] others = sieve.Others;
        group.Settle(others, new bool[others.Length]);
        var kept = except.Select(delivery => delivery.Offset).Concat(others.Select(other => other.Offset)).ToHashSet();
        var offsets = new List<SettledOffset>();
        foreach (Lease lease in leases)
            for (int i = 0; i < 64; i++)
                if ((lease.Mask & (1UL << i)) != 0 && !kept.Contains(lease.Start + i))
                    offsets.Add(new SettledOffset(lease.Token, lease.Start + i, 0, Done: false));
        group.Settle(offsets.ToArray(), new bool[offsets.Count]);
    }

    private static ulong Low(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;
}
