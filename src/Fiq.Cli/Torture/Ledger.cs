namespace Fiq.Cli.Torture;

/// <summary>
/// What was given to producers, what they acknowledged, and what consumers of each group printed; and whether that can
/// be. It remembers only what not every group has settled: what lies below is verified once more, in the order of the
/// log, and forgotten. Safe to call from several threads.
/// </summary>
internal sealed class Ledger(int groups)
{
    /// <summary>No more violations are kept; the first ones tell the story.</summary>
    public const int ViolationsMax = 20;

    // A recovery may yet find what a process wrote right before its death; three looks later everything has been met.
    private const int LooksUntilForgotten = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, ProducerRecord> _producers = [];
    private readonly Dictionary<long, LedgerEntry> _entries = [];
    private readonly HashSet<int> _disturbed = [];
    private readonly List<(long Offset, int Group, int First, int Second)> _again = [];
    private readonly List<Violation> _violations = [];
    private long _base;
    private long _settledBefore;
    private int _lastProducer;

    /// <summary>Acknowledgements read.</summary>
    public long Acked { get; private set; }

    /// <summary>Results read.</summary>
    public long Delivered { get; private set; }

    /// <summary>Results of messages that a group had before, each with a cause.</summary>
    public long Redelivered { get; private set; }

    /// <summary>Broken promises; at most <see cref="ViolationsMax"/>.</summary>
    public IReadOnlyList<Violation> Violations
    {
        get
        {
            lock (_lock) return [.. _violations];
        }
    }

    /// <summary>How many messages are remembered.</summary>
    public int Remembered
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>A new producer process; returns its number.</summary>
    public int AddProducer()
    {
        lock (_lock)
        {
            _producers.Add(++_lastProducer, new ProducerRecord());
            return _lastProducer;
        }
    }

    /// <summary>A producer is about to be given messages up to, not including, this number.</summary>
    public void Give(int producer, long upTo)
    {
        lock (_lock) _producers[producer].Given = upTo;
    }

    /// <summary>A producer acknowledged a message.</summary>
    public void Ack(TortureKey key, long offset)
    {
        lock (_lock)
        {
            Acked++;
            if (!_producers.TryGetValue(key.Producer, out ProducerRecord? record) || key.Number >= record.Given)
            {
                Break("invented", $"{key} was acknowledged and never sent");
                return;
            }

            if (key.Number != record.NextAcked)
                Break("reordered", $"{key} was acknowledged where p{key.Producer}-{record.NextAcked} was to be");
            record.NextAcked = key.Number + 1;
            if (offset < _base) CheckLate(record, key, offset);
            else CheckAck(EntryAt(offset), key, offset);
        }
    }

    /// <summary>All that a producer said has been read; it has ended.</summary>
    public void EndProducer(int producer)
    {
        lock (_lock)
        {
            _producers[producer].IsOver = true;
            _producers[producer].NotYetAcked.Clear();
        }
    }

    /// <summary>A consumer is about to be killed or stopped, or has failed: what it had may come again.</summary>
    public void Disturb(int consumer)
    {
        lock (_lock) _disturbed.Add(consumer);
    }

    /// <summary>A consumer printed a message.</summary>
    public void Deliver(int group, int consumer, long offset, string keyText, string? body)
    {
        lock (_lock)
        {
            Delivered++;
            if (!TortureKey.TryParse(keyText, out TortureKey key)
                || !_producers.TryGetValue(key.Producer, out ProducerRecord? record) || key.Number >= record.Given)
                Break("invented", $"#{offset} is {keyText}, which nobody sent, or not so late");
            else if (body != key.Body())
                Break("changed", $"#{offset} {key} has another body");
            else
                Deliver(group, consumer, offset, key);
        }
    }

    /// <summary>
    /// Every group has settled all below <paramref name="floor"/>: verifies it up to the floor of the call
    /// before, so that what was settled meanwhile has been read, and forgets it.
    /// </summary>
    /// <param name="floor">The smallest floor.</param>
    /// <param name="end">The offset that the next message gets.</param>
    public void Settle(long floor, long end)
    {
        lock (_lock)
        {
            JudgeAgain();
            VerifyTo(_settledBefore);
            _settledBefore = Math.Max(_settledBefore, floor);
            foreach ((int number, ProducerRecord record) in _producers)
            {
                if (!record.IsOver) continue;
                if (++record.LooksSince == LooksUntilForgotten) record.LastPossible = end;
                if (_base >= record.LastPossible) _producers.Remove(number);
            }
        }
    }

    /// <summary>All processes have ended and every group is empty: verifies the whole rest.</summary>
    public void Finish(long end)
    {
        lock (_lock)
        {
            JudgeAgain();
            VerifyTo(end);
            foreach ((long offset, LedgerEntry entry) in _entries.OrderBy(each => each.Key))
                Break("lost", $"#{offset} {entry.Key} lies behind the end of the queue, #{end}");
        }
    }

    /// <summary>A promise broken that others saw.</summary>
    public void Report(string kind, string text)
    {
        lock (_lock) Break(kind, text);
    }

    private void Deliver(int group, int consumer, long offset, TortureKey key)
    {
        if (offset < _base)
        {
            _again.Add((offset, group, 0, consumer));
            return;
        }

        LedgerEntry entry = EntryAt(offset);
        if (!entry.IsKnown) entry.Key = key;
        else if (entry.Key != key) Break("changed", $"#{offset} is {key} in group {group}, and was {entry.Key} before");
        if (entry.Consumers[group] != 0) _again.Add((offset, group, entry.Consumers[group], consumer));
        entry.Consumers[group] = consumer;
    }

    private void CheckAck(LedgerEntry entry, TortureKey key, long offset)
    {
        if (entry.IsKnown && entry.Key != key)
            Break("changed", $"{key} was acknowledged at #{offset}, where {entry.Key} is");
        entry.Key = key;
        entry.IsAcked = true;
    }

    private void CheckLate(ProducerRecord record, TortureKey key, long offset)
    {
        if (!record.NotYetAcked.Remove(key.Number, out long stored))
            Break("lost", $"{key} was acknowledged at #{offset}, and the groups were past that without it");
        else if (stored != offset)
            Break("changed", $"{key} was acknowledged at #{offset}, and delivered at #{stored}");
    }

    /// <summary>Who had a message and was neither killed nor stopped must not have given it up.</summary>
    private void JudgeAgain()
    {
        foreach ((long offset, int group, int first, int second) in _again)
        {
            if (_disturbed.Contains(first) || _disturbed.Contains(second)) Redelivered++;
            else
                Break("redelivered", $"#{offset} came to group {group} again, and nobody who had it was disturbed");
        }

        _again.Clear();
    }

    private void VerifyTo(long end)
    {
        for (; _base < end; _base++)
        {
            if (!_entries.Remove(_base, out LedgerEntry? entry))
            {
                Break("lost", $"#{_base} was delivered to no group");
                continue;
            }

            for (int group = 0; group < groups; group++)
                if (entry.Consumers[group] == 0)
                    Break(
                        "lost",
                        $"#{_base} {entry.Key}{(entry.IsAcked ? ", acknowledged," : "")} never came to group {group}");
            VerifyOrder(entry);
        }
    }

    private void VerifyOrder(LedgerEntry entry)
    {
        TortureKey key = entry.Key;
        if (!_producers.TryGetValue(key.Producer, out ProducerRecord? record)) return;
        if (key.Number < record.NextStored)
            Break("doubled", $"#{_base} {key} is stored a second time, or behind a later one");
        else if (key.Number > record.NextStored)
            Break("reordered", $"#{_base} {key} is stored where p{key.Producer}-{record.NextStored} was to be");
        record.NextStored = Math.Max(record.NextStored, key.Number + 1);
        if (!entry.IsAcked && !record.IsOver) record.NotYetAcked[key.Number] = _base;
    }

    private LedgerEntry EntryAt(long offset)
    {
        if (_entries.TryGetValue(offset, out LedgerEntry? known)) return known;
        var entry = new LedgerEntry(groups);
        _entries.Add(offset, entry);
        return entry;
    }

    private void Break(string kind, string text)
    {
        if (_violations.Count < ViolationsMax)
            _violations.Add(new Violation(kind, text));
    }
}
