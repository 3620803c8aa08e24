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
        var copy = new Ledger
        {
            Count = Count,
            IsMade = IsMade,
            MayBeGone = MayBeGone,
            IsDeleted = IsDeleted,
        };
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
        if (fact.IsPromise) Count++;
        switch (fact)
        {
            case QueueMade: IsMade = true; break;
            case DeletionBegun: MayBeGone = true; break;
            case QueueDeleted: IsDeleted = true; break;
            case GroupMade made: Learn(made); break;
            case Invoked invoked: Learn(invoked); break;
            case Acked acked: Learn(acked); break;
            case Refused refused: End(refused.Producer, refused.Commit, SendState.Refused, -1); break;
            case Seen seen: Learn(seen); break;
            case Claimed claimed: Learn(claimed); break;
            case ReturnBegun end: Groups[end.Group].GiveUp(end.Leases, isHandedBack: true); break;
            case StartBegun start: Groups[start.Group].Attempts.MayCount(start.Leases); break;
            case Started start: Groups[start.Group].Begun(start.Leases); break;
            case FinishBegun finish: Groups[finish.Group].Finishing(finish.Leases); break;
            case FailBegun fail: Learn(fail); break;
            case FailEnded fail: Learn(fail); break;
            case ClaimBegun claim: _retired.Remove(claim.Consumer); break;
            case Retired retired: Learn(retired); break;
            case SettleBegun settle: Groups[settle.Group].Try(settle.Leases, done: true); break;
            case GiveUpBegun end: Learn(end); break;
            case SettleEnded settle: Learn(settle); break;
            case FlushBegun flush: Groups[flush.Group].FlushBegun(flush.Consumer); break;
            case FlushEnded flush: Groups[flush.Group].FlushEnded(flush.Consumer); break;
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

    private void Learn(GroupMade made) =>
        Groups.TryAdd(made.Group, new GroupLedger(made.Start, made.IsOrdered));

    private void Learn(Retired retired)
    {
        _retired.Add(retired.Process);
        foreach (GroupLedger group in Groups.Values)
        {
            IReadOnlyList<(long Offset, LeaseToken Token)> held = group.HeldBy(retired.Process);
            group.GiveUp(held, isHandedBack: retired.IsOrderly);
            if (held.Count > 0 && !retired.IsOrderly) group.Attempts.HeldUp(retired.Process);
        }

        bool isProducer = _sends.Values.Any(send => send.Producer == retired.Process);
        // What a dead one had taken and could not tell of comes later than what stands behind it.
        if (!retired.IsOrderly && !isProducer) _isInOrder = false;
    }

    // Two may be told in another order than they were given their leases: the serial says which one is newer.
    private void Learn(Claimed claimed)
    {
        GroupLedger group = Groups[claimed.Group];
        var laws = new DeliveryLaws(this, claimed, group);
        foreach (Given given in claimed.Leases)
        {
            GivenLease? newest = group.Leases.GetValueOrDefault(given.Offset);
            LeaseToken token = given.Token;
            bool isNewer = newest is null || token.Table != newest.Token.Table || token.Serial > newest.Token.Serial;
            if (!isNewer) continue;
            laws.Check(given, newest, isFirstInOrder: newest is null && _isInOrder);
            bool isRetired = _retired.Contains(claimed.Consumer);
            group.Leases[given.Offset] = new GivenLease(given, claimed.Consumer, claimed.At, isRetired);
        }
    }

    private void Learn(FailBegun fail)
    {
        GroupLedger group = Groups[fail.Group];
        (long Offset, LeaseToken Token)[] leases = [.. fail.Failures.Select(each => (each.Offset, each.Token))];
        group.Attempts.MayCount(leases);
        group.GiveUp(leases, isHandedBack: false);
    }

    private void Learn(FailEnded fail)
    {
        GroupLedger group = Groups[fail.Group];
        foreach (Failure failure in fail.Accepted)
        {
            group.Attempts.Accept(fail.Consumer, failure);
            // Somebody else may have been given it before this was told.
            GivenLease newest = group.Leases[failure.Offset];
            if (newest.Token == failure.Token) continue;
            DeliveryLaws.CheckDue(fail.Group, newest.Given, newest.At, AttemptLedger.DueOf(failure));
            DeliveryLaws.CheckLeast(fail.Group, newest.Given, failure.Attempt);
        }
    }

    // What can't be put among the dead has failed once more, and comes again.
    private void Learn(GiveUpBegun end)
    {
        GroupLedger group = Groups[end.Group];
        group.Try(end.Leases, done: false);
        group.Attempts.MayCount(end.Leases);
        group.GiveUp(end.Leases, isHandedBack: false);
    }

    private void Learn(SettleEnded settle)
    {
        GroupLedger group = Groups[settle.Group];
        group.Answered(settle.Accepted.Concat(settle.Refused));
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
