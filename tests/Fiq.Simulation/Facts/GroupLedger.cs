using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Facts;

/// <summary>The newest lease that was given for an offset.</summary>
/// <param name="Given">The message.</param>
/// <param name="Consumer">To whom.</param>
/// <param name="At">When.</param>
/// <param name="MayBeTaken">Whether somebody else may have it by now.</param>
internal sealed record GivenLease(Given Given, string Consumer, Moment At, bool MayBeTaken)
{
    /// <summary>Its token.</summary>
    public LeaseToken Token => Given.Token;

    /// <summary>Whether its holder was told that it is started.</summary>
    public bool IsStarted { get; init; }

    /// <summary>Whether it may have been handed back: then a start does not count.</summary>
    public bool IsHandedBack { get; init; }

    /// <summary>What whoever is given it next must at least be told.</summary>
    public int AttemptsAfter => Given.AttemptsBefore + (IsStarted && !IsHandedBack ? 1 : 0);
}

/// <summary>What a group was told.</summary>
internal sealed class GroupLedger(long start, bool isOrdered)
{
    // Settlements of which nobody was told what became of them.
    private readonly HashSet<(long Offset, LeaseToken Token)> _open = [];
    private readonly HashSet<long> _maybeSettled = [];

    // What each consumer's flush under way covers.
    private readonly Dictionary<string, long[]> _flushing = [];

    /// <summary>Where it began; below, everything counts as settled.</summary>
    public long Start { get; } = start;

    /// <summary>Whether messages with equal keys come one at a time, in order.</summary>
    public bool IsOrdered { get; } = isOrdered;

    /// <summary>The newest lease that was given for each offset.</summary>
    public Dictionary<long, GivenLease> Leases { get; } = [];

    /// <summary>Offsets that somebody was about to hand back, at any time.</summary>
    public HashSet<long> Returned { get; } = [];

    /// <summary>Offsets that somebody has tried to settle, with or without success in the work.</summary>
    public HashSet<long> Tried { get; } = [];

    /// <summary>Those whose work somebody has done.</summary>
    public HashSet<long> Done { get; } = [];

    /// <summary>Those that somebody has tried to give up: with a letter among the dead.</summary>
    public HashSet<long> GivenUp { get; } = [];

    /// <summary>Offsets whose settlement was accepted: the death of every process leaves them settled.</summary>
    public HashSet<long> Accepted { get; } = [];

    /// <summary>Offsets whose settlement was made durable: a power cut leaves them settled.</summary>
    public HashSet<long> Synced { get; } = [];

    /// <summary>How often messages were tried.</summary>
    public AttemptLedger Attempts { get; private init; } = new();

    /// <summary>Others may take these from now on, unless they have others' leases already.</summary>
    public void GiveUp(IEnumerable<(long Offset, LeaseToken Token)> leases, bool isHandedBack)
    {
        foreach ((long offset, LeaseToken token) in leases)
        {
            Returned.Add(offset);
            if (Leases[offset].Token == token)
                Leases[offset] = Leases[offset] with
                {
                    MayBeTaken = true,
                    IsHandedBack = Leases[offset].IsHandedBack || isHandedBack,
                };
        }
    }

    /// <summary>These are started, unless somebody else has them by now.</summary>
    public void Begun(IEnumerable<(long Offset, LeaseToken Token)> leases)
    {
        foreach ((long offset, LeaseToken token) in leases)
            if (Leases[offset].Token == token) Leases[offset] = Leases[offset] with { IsStarted = true };
    }

    /// <summary>Their attempts need not count any more.</summary>
    public void Finishing(IEnumerable<(long Offset, LeaseToken Token)> leases)
    {
        foreach ((long offset, LeaseToken token) in leases)
            if (Leases[offset].Token == token) Leases[offset] = Leases[offset] with { IsStarted = false };
    }

    /// <summary>Somebody is about to settle these, whose work is done, or which he gives up.</summary>
    public void Try(IReadOnlyList<(long Offset, LeaseToken Token)> leases, bool done)
    {
        _open.UnionWith(leases);
        Tried.UnionWith(leases.Select(lease => lease.Offset));
        (done ? Done : GivenUp).UnionWith(leases.Select(lease => lease.Offset));
    }

    /// <summary>He was told of all these what became of them.</summary>
    public void Answered(IEnumerable<(long Offset, LeaseToken Token)> leases) => _open.ExceptWith(leases);

    /// <summary>Whether it is settled, as far as anybody knows.</summary>
    public bool MayBeSettled(long offset) =>
        offset < Start || Accepted.Contains(offset) || _maybeSettled.Contains(offset)
            || _open.Any(lease => lease.Offset == offset);

    /// <summary>Whether it can be settled only by having been given up.</summary>
    public bool IsGivenUpOnly(long offset) => GivenUp.Contains(offset) && !Done.Contains(offset);

    /// <summary>What whoever is given it next must at least be told of its attempts.</summary>
    public int LeastAttempts(long offset) =>
        Math.Max(Attempts.KnownOf(offset), Leases.GetValueOrDefault(offset)?.AttemptsAfter ?? 0);

    /// <summary>All that somebody holds.</summary>
    public IReadOnlyList<(long Offset, LeaseToken Token)> HeldBy(string consumer) =>
        [.. Leases.Where(each => each.Value.Consumer == consumer).Select(each => (each.Key, each.Value.Token))];

    public void FlushBegun(string consumer)
    {
        _flushing[consumer] = [.. Accepted];
        Attempts.FlushBegun(consumer);
    }

    public void FlushEnded(string consumer)
    {
        Synced.UnionWith(_flushing[consumer]);
        Attempts.FlushEnded(consumer);
    }

    /// <summary>What is left of it after a power cut: whatever was not durable may be settled once more.</summary>
    public GroupLedger AfterPowerCut()
    {
        var copy = new GroupLedger(Start, IsOrdered) { Attempts = Attempts.AfterPowerCut() };
        copy._maybeSettled.UnionWith(Tried);
        // Given out before, they may have failed, and wait.
        copy.Returned.UnionWith(Returned.Concat(Leases.Keys));
        copy.Tried.UnionWith(Tried);
        copy.Done.UnionWith(Done);
        copy.GivenUp.UnionWith(GivenUp);
        copy.Accepted.UnionWith(Synced);
        copy.Synced.UnionWith(Synced);
        return copy;
    }
}
