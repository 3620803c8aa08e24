using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Facts;

/// <summary>What must hold when a consumer is given messages that nobody was given under a newer lease.</summary>
/// <param name="ledger">What is known.</param>
/// <param name="claimed">What he was given.</param>
/// <param name="group">The group.</param>
internal sealed class DeliveryLaws(Ledger ledger, Claimed claimed, GroupLedger group)
{
    /// <summary>Checks one message.</summary>
    /// <param name="given">The message.</param>
    /// <param name="newest">Its lease before this one, as far as it is known.</param>
    /// <param name="isFirstInOrder">Whether it is given for the first time, and nobody was held up so far.</param>
    /// <exception cref="LawBrokenException">A law does not hold.</exception>
    public void Check(Given given, GivenLease? newest, bool isFirstInOrder)
    {
        string name = claimed.Group;
        LawBrokenException.Unless(
            !group.Accepted.Contains(given.Offset), "I7", $"offset {given.Offset} of {name} was given out settled");
        LawBrokenException.Unless(
            newest is null || newest.MayBeTaken, "I5",
            $"offset {given.Offset} of {name} was given out while {newest?.Consumer} held it");
        CheckLeast(name, given, group.LeastAttempts(given.Offset));
        CheckMost(name, given, group.Attempts.MostOf(given.Offset));
        CheckDue(name, given, claimed.At, group.Attempts.DueOf(given.Offset));
        if (claimed.IsWallSteady) CheckTime(name, given, claimed.At);
        if (group.IsOrdered) CheckKey(given);
        else if (isFirstInOrder) CheckOrder(given);
    }

    public static void CheckLeast(string group, Given given, int least) => LawBrokenException.Unless(
        given.AttemptsBefore >= least, "I5",
        $"offset {given.Offset} of {group} was tried {least} times, and {given.AttemptsBefore} are said");

    public static void CheckMost(string group, Given given, int most) => LawBrokenException.Unless(
        given.AttemptsBefore <= most, "I5",
        $"offset {given.Offset} of {group} was tried {most} times at most, and {given.AttemptsBefore} are said");

    /// <summary>What has failed comes again when its time has come, and not before.</summary>
    public static void CheckDue(string group, Given given, Moment at, long due) => LawBrokenException.Unless(
        at.Timestamp >= due, "I5",
        $"offset {given.Offset} of {group} came {TimeSpan.FromTicks(due - at.Timestamp)} before it was due");

    /// <summary>Nor before the time that it names.</summary>
    public static void CheckTime(string group, Given given, Moment at)
    {
        DateTime named = DateTime.UnixEpoch.AddMicroseconds(Traits.Of(given.Body).NotBefore);
        LawBrokenException.Unless(
            at.Wall >= named.Ticks, "I5", $"offset {given.Offset} of {group} came before the time that it names");
    }

    private void CheckKey(Given given)
    {
        string key = Traits.Of(given.Body).Key;
        foreach ((long other, string body) in ledger.Acknowledged.Concat(ledger.Seen))
            LawBrokenException.Unless(
                other >= given.Offset || Traits.Of(body).Key != key || group.MayBeSettled(other), "I4",
                $"offset {given.Offset} of {claimed.Group} was given out before {other}, of the same key, was settled");
        foreach ((long other, GivenLease lease) in group.Leases)
            LawBrokenException.Unless(
                other == given.Offset || lease.MayBeTaken || Traits.Of(lease.Given.Body).Key != key
                    || group.MayBeSettled(other), "I4",
                $"offset {given.Offset} of {claimed.Group} was given out while {lease.Consumer} held {other}");
    }

    // What waited for its time comes later than what stands behind it.
    private void CheckOrder(Given given)
    {
        if (Traits.Of(given.Body).NotBefore > 0 || group.Returned.Contains(given.Offset)) return;
        foreach ((long other, GivenLease lease) in group.Leases)
            LawBrokenException.Unless(
                group.Returned.Contains(other) || Traits.Of(lease.Given.Body).NotBefore > 0
                    || lease.Token.Serial == given.Token.Serial
                    || given.Offset < other == given.Token.Serial < lease.Token.Serial,
                "I4", $"offset {given.Offset} was first given out in another order than offset {other}");
    }
}
