namespace Fiq.Simulation.Facts;

/// <summary>What became of an attempt to append.</summary>
internal enum SendState
{
    Invoked,
    Acked,
    Refused,
}

/// <summary>One commit of one producer.</summary>
/// <param name="Producer">Who.</param>
/// <param name="Commit">His number for it, ascending.</param>
/// <param name="Bodies">Its messages.</param>
/// <param name="State">What he was told.</param>
/// <param name="Offset">The first message's offset, once acknowledged.</param>
/// <param name="After">The highest offset that anybody had been told when it was invoked; -1 for none.</param>
internal sealed record Send(
    string Producer, int Commit, IReadOnlyList<string> Bodies, SendState State, long Offset, long After);

/// <summary>The newest lease that was given for an offset.</summary>
/// <param name="Token">Its token.</param>
/// <param name="Consumer">To whom.</param>
/// <param name="MayBeTaken">Whether somebody else may have it by now.</param>
internal sealed record GivenLease(LeaseToken Token, string Consumer, bool MayBeTaken);

/// <summary>What a group was told.</summary>
internal sealed class GroupLedger(long start)
{
    /// <summary>Where it began; below, everything counts as settled.</summary>
    public long Start { get; } = start;

    /// <summary>The newest lease that was given for each offset.</summary>
    public Dictionary<long, GivenLease> Leases { get; } = [];

    /// <summary>Offsets that somebody was about to hand back, at any time.</summary>
    public HashSet<long> Returned { get; } = [];

    /// <summary>Offsets that somebody has tried to settle.</summary>
    public HashSet<long> Tried { get; } = [];

    /// <summary>Offsets whose settlement was accepted: the death of every process leaves them settled.</summary>
    public HashSet<long> Accepted { get; } = [];

    /// <summary>Offsets whose settlement was made durable: a power cut leaves them settled.</summary>
    public HashSet<long> Synced { get; } = [];

    /// <summary>What each consumer's flush under way covers.</summary>
    public Dictionary<string, long[]> Flushing { get; } = [];

    /// <summary>Others may take these from now on, unless they have others' leases already.</summary>
    public void GiveUp(IEnumerable<(long Offset, LeaseToken Token)> leases)
    {
        foreach ((long offset, LeaseToken token) in leases)
        {
            Returned.Add(offset);
            if (Leases[offset].Token == token) Leases[offset] = Leases[offset] with { MayBeTaken = true };
        }
    }

    /// <summary>All that somebody holds.</summary>
    public IReadOnlyList<(long Offset, LeaseToken Token)> HeldBy(string consumer) =>
        [.. Leases.Where(each => each.Value.Consumer == consumer).Select(each => (each.Key, each.Value.Token))];

    /// <summary>What is left of it after a power cut: whatever was not durable may be settled once more.</summary>
    public GroupLedger AfterPowerCut()
    {
        var copy = new GroupLedger(Start);
        copy.Tried.UnionWith(Tried);
        copy.Accepted.UnionWith(Synced);
        copy.Synced.UnionWith(Synced);
        return copy;
    }
}

/// <summary>
/// The small model of a queue that everything is measured by: no files, no crashes, only what was said so far.
/// </summary>
internal sealed class Ledger
{
    private readonly Dictionary<(string, int), Send> _sends = [];
    private readonly Dictionary<string, (string, int)> _bodies = [];
    private readonly HashSet<string> _retired = [];
    private bool _isInOrder = true;

    /// <summary>How many facts it knows: states of a disk are checked again when somebody was told more.</summary>
    public int Count { get; private set; }

    public bool IsMade { get; private set; }

    public bool MayBeGone { get; private set; }

    public bool IsDeleted { get; private set; }

    public SortedDictionary<long, string> Acknowledged { get; } = [];

    public Dictionary<long, string> Seen { get; } = [];

    public Dictionary<string, GroupLedger> Groups { get; } = [];

    public IReadOnlyCollection<Send> Sends => _sends.Values;

    /// <summary>The commit that tried to store this body; null when nobody did.</summary>
    public Send? SendOf(string body) => _bodies.TryGetValue(body, out var key) ? _sends[key] : null;

    /// <summary>What is known when the power has failed, to be gone on with.</summary>
    public Ledger AfterPowerCut()
    {
        var copy = new Ledger { Count = Count, IsMade = IsMade, MayBeGone = MayBeGone, IsDeleted = IsDeleted };
        foreach ((var key, Send send) in _sends) copy._sends.Add(key, send);
        foreach ((string body, var key) in _bodies) copy._bodies.Add(body, key);
        foreach ((long offset, string body) in Acknowledged) copy.Acknowledged.Add(offset, body);
        foreach ((long offset, string body) in Seen) copy.Seen.Add(offset, body);
        foreach ((string name, GroupLedger group) in Groups) copy.Groups.Add(name, group.AfterPowerCut());
        return copy;
    }

    /// <summary>Learns a fact.</summary>
    /// <exception cref="LawBrokenException">It contradicts another one: no crash is needed for that.</exception>
    public void Learn(Fact fact)
    {
        Count++;
        switch (fact)
        {
            case QueueMade: IsMade = true; break;
            case DeletionBegun: MayBeGone = true; break;
            case QueueDeleted: IsDeleted = true; break;
            case GroupMade made: Groups.TryAdd(made.Group, new GroupLedger(made.Start)); break;
            case Invoked invoked: Learn(invoked); break;
            case Acked acked: Learn(acked); break;
            case Refused refused: End(refused.Producer, refused.Commit, SendState.Refused, -1); break;
            case Seen seen: Learn(seen); break;
            case Claimed claimed: Learn(claimed); break;
            case ReturnBegun returning: Groups[returning.Group].GiveUp(returning.Leases); break;
            case ClaimBegun claim: _retired.Remove(claim.Consumer); break;
            case Retired retired: Learn(retired); break;
            case SettleBegun settle: Groups[settle.Group].Tried.UnionWith(settle.Offsets); break;
            case SettleEnded settle: Learn(settle); break;
            case FlushBegun flush:
                Groups[flush.Group].Flushing[flush.Consumer] = [.. Groups[flush.Group].Accepted];
                break;
            case FlushEnded flush:
                Groups[flush.Group].Synced.UnionWith(Groups[flush.Group].Flushing[flush.Consumer]);
                break;
            default: throw new InvalidOperationException($"{fact} is no fact that the ledger knows");
        }
    }

    private void Learn(Invoked invoked)
    {
        (string, int) key = (invoked.Producer, invoked.Commit);
        long after = Acknowledged.Count == 0 ? -1 : Acknowledged.Keys.Last();
        _sends[key] = new Send(invoked.Producer, invoked.Commit, invoked.Bodies, SendState.Invoked, -1, after);
        foreach (string body in invoked.Bodies) _bodies[body] = key;
    }

    private void Learn(Acked acked)
    {
        Send send = End(acked.Producer, acked.Commit, SendState.Acked, acked.Offset);
        LawBrokenException.Unless(
            acked.Offset > send.After, "I4", $"offset {acked.Offset} was given after {send.After} had been told");
        for (int i = 0; i < send.Bodies.Count; i++)
        {
            string body = Acknowledged.GetValueOrDefault(acked.Offset + i, send.Bodies[i]);
            LawBrokenException.Unless(
                body == send.Bodies[i], "I12", $"offset {acked.Offset + i} was given to two messages");
            Acknowledged[acked.Offset + i] = send.Bodies[i];
        }
    }

    private void Learn(Seen seen)
    {
        string body = Seen.GetValueOrDefault(seen.Offset, seen.Body);
        LawBrokenException.Unless(
            body == seen.Body, "I3", $"offset {seen.Offset} showed {Short(body)} and then {Short(seen.Body)}");
        Seen[seen.Offset] = seen.Body;
    }

    private void Learn(Retired retired)
    {
        _retired.Add(retired.Process);
        foreach (GroupLedger group in Groups.Values) group.GiveUp(group.HeldBy(retired.Process));
        bool isProducer = _sends.Values.Any(send => send.Producer == retired.Process);
        // What a dead one had taken and could not tell of comes later than what stands behind it.
        if (!retired.IsOrderly && !isProducer) _isInOrder = false;
    }

    // Two may be told in another order than they were given their leases: the serial says which one is newer.
    private void Learn(Claimed claimed)
    {
        GroupLedger group = Groups[claimed.Group];
        foreach ((long offset, LeaseToken token) in claimed.Leases)
        {
            GivenLease? newest = group.Leases.GetValueOrDefault(offset);
            bool isNewer = newest is null || token.Table != newest.Token.Table || token.Serial > newest.Token.Serial;
            if (!isNewer) continue;
            LawBrokenException.Unless(
                !group.Accepted.Contains(offset), "I7", $"offset {offset} of {claimed.Group} was given out settled");
            LawBrokenException.Unless(
                newest is null || newest.MayBeTaken, "I5",
                $"offset {offset} of {claimed.Group} was given out while {newest?.Consumer} held it");
            if (newest is null && _isInOrder) CheckOrder(group, offset, token);
            group.Leases[offset] = new GivenLease(token, claimed.Consumer, _retired.Contains(claimed.Consumer));
        }
    }

    private static void CheckOrder(GroupLedger group, long offset, LeaseToken token)
    {
        foreach ((long other, GivenLease given) in group.Leases)
            LawBrokenException.Unless(
                group.Returned.Contains(other) || given.Token.Serial == token.Serial
                    || offset < other == token.Serial < given.Token.Serial,
                "I4", $"offset {offset} was first given out in another order than offset {other}");
    }

    private void Learn(SettleEnded settle)
    {
        GroupLedger group = Groups[settle.Group];
        foreach ((long offset, LeaseToken token) in settle.Accepted)
        {
            LawBrokenException.Unless(
                group.Accepted.Add(offset), "I7", $"offset {offset} of {settle.Group} was settled twice");
            LawBrokenException.Unless(
                group.Leases[offset].Token == token, "I7",
                $"offset {offset} of {settle.Group} was settled under a lease that another one has replaced");
        }
    }

    private Send End(string producer, int commit, SendState state, long offset) =>
        _sends[(producer, commit)] = _sends[(producer, commit)] with { State = state, Offset = offset };

    /// <summary>Enough of a body to tell it by.</summary>
    public static string Short(string? body) =>
        body is null ? "nothing" : body.Length <= 24 ? body : body[..24] + "…";
}
