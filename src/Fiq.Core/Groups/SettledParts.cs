namespace Fiq.Groups;

/// <summary>Sorts the ends of one lease's messages into what is done and entries for what comes again.</summary>
internal sealed class SettledParts(LeaseEntry lease, int entriesLeft, GroupClock clock)
{
    // Messages of one lease that are due within such a time share an entry, which is looked at again as a whole.
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(10);

    private readonly List<LeaseEntry> _back = [];
    private ulong _seen;

    /// <summary>What is settled.</summary>
    public ulong Done { get; private set; }

    /// <summary>Its declared work.</summary>
    public long DeclaredMicroseconds { get; private set; }

    /// <summary>Its measured work, and what was declared, of what had declared any.</summary>
    public long ObservedMicroseconds { get; private set; }

    public long ObservedDeclared { get; private set; }

    /// <summary>Entries for what is not.</summary>
    public IReadOnlyList<LeaseEntry> Back => _back;

    /// <summary>Items for which no entry is left; the lease keeps them.</summary>
    public List<SettledOffset> Postponed { get; } = [];

    // As long as half of the table is free, what is delayed is kept apart by its priority.
    private bool IsCrowded => entriesLeft - _back.Count < TableLayout.EntryCount / 2;

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
        else if (!TryAddBack(PartFor(item, bit)))
            Postponed.Add(item);
        return true;
    }

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
        var part = lease with { Pending = bit, Serial = 0, Owner = EntryOwner.Returned };
        if (item.Failed)
            return Waiting(part.Tried(interrupted: false), clock.After(item.Delay), delayed: false);
        part = part with { Priority = item.Priority };
        return item.NotBefore == 0 ? part : Waiting(part, clock.AtWall(item.NotBefore), delayed: true);
    }

    private LeaseEntry Waiting(in LeaseEntry part, long due, bool delayed) => due <= clock.Now
        ? part
        : part with { Owner = EntryOwner.Waiting, Due = due, IsDelayed = delayed };

    /// <summary>
    /// Joins one of its kind. What is delayed does so whatever its time, and in a crowd whatever its priority: the
    /// entry is due with the first of them and as urgent as the most urgent, and whoever takes it then gives back the
    /// others.
    /// </summary>
    private bool TryAddBack(in LeaseEntry part)
    {
        for (var i = 0; i < _back.Count; i++)
        {
            var other = _back[i];
            if (!MayJoin(part, other))
                continue;
            _back[i] = other with
            {
                Pending = other.Pending | part.Pending,
                Due = DueOfBoth(part, other),
                Priority = Math.Max(part.Priority, other.Priority),
            };
            return true;
        }

        // The last part needs no new entry: it takes the lease's. That is not known yet, so one is kept back.
        if (_back.Count >= entriesLeft)
            return false;
        _back.Add(part);
        return true;
    }

    private bool MayJoin(in LeaseEntry part, in LeaseEntry other)
    {
        var isFree = part.IsDelayed && other.IsDelayed;
        if (!isFree && part.Due != other.Due)
            return false;
        var priority = isFree && IsCrowded ? part.Priority : other.Priority;
        return part with { Pending = 0, Due = 0 } == other with { Pending = 0, Due = 0, Priority = priority };
    }

    private long DueOfBoth(in LeaseEntry part, in LeaseEntry other)
    {
        var (first, last) = (Math.Min(part.Due, other.Due), Math.Max(part.Due, other.Due));
        return last - first <= clock.Ticks(Together) ? last : first;
    }
}
