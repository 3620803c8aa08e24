namespace Fiq.Groups;

/// <summary>Sorts the ends of one lease's messages into what is done and entries for what comes again.</summary>
internal sealed class SettledParts(LeaseEntry lease, int entriesLeft, GroupClock clock)
{
    // Messages of one lease that are due within such a time share an entry, which is looked at again as a whole.
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(10);

    private readonly List<LeaseEntry> _back = [];
    private ulong _seen;
    private ulong _postponed;

    /// <summary>What is settled.</summary>
    public ulong Done { get; private set; }

    /// <summary>Its declared work.</summary>
    public long DeclaredMicroseconds { get; private set; }

    /// <summary>Its measured work, and what was declared, of what had declared any.</summary>
    public long ObservedMicroseconds { get; private set; }

    public long ObservedDeclared { get; private set; }

    /// <summary>Entries for what is not.</summary>
    public IReadOnlyList<LeaseEntry> Back => _back;

    /// <summary>False when the lease does not hold it.</summary>
    public bool TryAdd(in SettledOffset item)
    {
        var distance = item.Offset - lease.Start;
        var bit = distance is >= 0 and < 64 ? lease.Pending & ~_seen & (1UL << (int)distance) : 0;
        if (bit == 0)
            return false;
        _seen |= bit;
        if (item.Done)
            AddDone(item, bit);
        else
            AddBack(PartFor(item, bit));
        return true;
    }

    /// <summary>
    /// To be called when all are added. What no entry is left for is taken out again: the lease keeps it. Where the
    /// whole lease ends, its own entry is there for the last part, and what has no other joins it: then an attempt
    /// counts for all of these, and they come when the last of them may.
    /// </summary>
    public void Fit()
    {
        if (_seen == lease.Pending)
        {
            for (; _back.Count - 1 > entriesLeft; _back.RemoveAt(_back.Count - 1))
                _back[^2] = Joined(_back[^2], _back[^1]);
            return;
        }

        foreach (var part in _back.Skip(entriesLeft))
            _postponed |= part.Pending;
        _back.RemoveRange(Math.Min(entriesLeft, _back.Count), Math.Max(0, _back.Count - entriesLeft));
    }

    /// <summary>Whether the lease keeps an offset that was added.</summary>
    public bool IsPostponed(long offset) =>
        offset - lease.Start is >= 0 and < 64 and var distance && (_postponed & (1UL << (int)distance)) != 0;

    private void AddDone(in SettledOffset item, ulong bit)
    {
        Done |= bit;
        DeclaredMicroseconds += item.DeclaredMicroseconds;
        if (item.DeclaredMicroseconds > 0 && item.ObservedMicroseconds > 0)
        {
            ObservedDeclared += item.DeclaredMicroseconds;
            ObservedMicroseconds += item.ObservedMicroseconds;
        }
    }

    private LeaseEntry PartFor(in SettledOffset item, ulong bit)
    {
        var part = lease with
        {
            Pending = bit,
            Serial = 0,
            Owner = EntryOwner.Returned,
            Priority = item.Priority ?? lease.Priority,
        };
        if (item.Failed)
            return Waiting(part.Tried(interrupted: false), clock.After(item.Delay), delayed: false);
        return item.NotBefore == 0 ? part : Waiting(part, clock.AtWall(item.NotBefore), delayed: true);
    }

    private LeaseEntry Waiting(in LeaseEntry part, long due, bool delayed) => due <= clock.Now
        ? part
        : part with { Owner = EntryOwner.Waiting, Due = due, IsDelayed = delayed };

    /// <summary>
    /// Joins one of its kind. What is delayed does so whatever its time, and in a crowd whatever its priority: the
    /// entry is due with the first of them and as urgent as the most urgent, and whoever takes it then gives back the
    /// others. When nearly no entry is left, failures of one lease join, too, and are due with the last of them.
    /// </summary>
    private void AddBack(in LeaseEntry part)
    {
        for (var i = 0; i < _back.Count; i++)
        {
            var other = _back[i];
            if (!MayJoin(part, other))
                continue;
            _back[i] = Joined(other, part) with { Due = part.IsDelayed ? DueOfBoth(part, other) : LastOf(part, other) };
            return;
        }

        _back.Add(part);
    }

    private bool MayJoin(in LeaseEntry part, in LeaseEntry other)
    {
        var left = entriesLeft - _back.Count;
        // As long as half of the table is free, what is delayed is kept apart by its priority.
        var isCrowded = left < (part.IsDelayed ? TableLayout.EntryCount / 2 : LeaseTable.EntriesKeptForSplits);
        var isAlike = part with { Pending = 0, Due = 0, Priority = 0, Owner = default }
            == other with { Pending = 0, Due = 0, Priority = 0, Owner = default };
        return isAlike
            && (isCrowded || part.Priority == other.Priority)
            && (isCrowded || part.IsDelayed || part.Due == other.Due);
    }

    private static LeaseEntry Joined(in LeaseEntry one, in LeaseEntry other) => one with
    {
        Pending = one.Pending | other.Pending,
        Owner = one.Due > other.Due ? one.Owner : other.Owner,
        Due = LastOf(one, other),
        Attempts = Math.Max(one.Attempts, other.Attempts),
        WasInterrupted = one.WasInterrupted || other.WasInterrupted,
        Priority = Math.Max(one.Priority, other.Priority),
        IsDelayed = one.IsDelayed && other.IsDelayed,
    };

    private static long LastOf(in LeaseEntry one, in LeaseEntry other) => Math.Max(one.Due, other.Due);

    private long DueOfBoth(in LeaseEntry part, in LeaseEntry other)
    {
        var (first, last) = (Math.Min(part.Due, other.Due), Math.Max(part.Due, other.Due));
        return last - first <= clock.Ticks(Together) ? last : first;
    }
}
