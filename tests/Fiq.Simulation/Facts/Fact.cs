using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Facts;

/// <summary>Something that was said to somebody, or is about to be tried: what a crash must not make untrue.</summary>
internal abstract record Fact
{
    /// <summary>Whether somebody relies on it, so that every disk is to be measured by it at once.</summary>
    public virtual bool IsPromise => true;
}

/// <summary>The queue is there, durably, for whoever attached to it.</summary>
internal sealed record QueueMade : Fact;

/// <summary>From here on the queue may be gone.</summary>
internal sealed record DeletionBegun : Fact;

/// <summary>The queue was deleted.</summary>
internal sealed record QueueDeleted : Fact;

/// <summary>The group is there, and begins at this offset.</summary>
internal sealed record GroupMade(string Group, long Start, bool IsOrdered = false) : Fact;

/// <summary>A producer is about to append these messages, all or none.</summary>
internal sealed record Invoked(string Producer, int Commit, IReadOnlyList<string> Bodies) : Fact;

/// <summary>They were acknowledged; the first one has this offset.</summary>
internal sealed record Acked(string Producer, int Commit, long Offset) : Fact;

/// <summary>They were refused: nothing of them is stored.</summary>
internal sealed record Refused(string Producer, int Commit) : Fact;

/// <summary>Somebody has read this message at this offset.</summary>
internal sealed record Seen(long Offset, string Body) : Fact;

/// <summary>A message as a consumer was given it.</summary>
/// <param name="Offset">Which.</param>
/// <param name="Token">Of its lease.</param>
/// <param name="AttemptsBefore">How often it had been tried, as was said.</param>
/// <param name="Body">Its body.</param>
internal sealed record Given(long Offset, LeaseToken Token, int AttemptsBefore, string Body);

/// <summary>A consumer was given these, each under its lease's token.</summary>
/// <param name="Group">The group.</param>
/// <param name="Consumer">Who.</param>
/// <param name="Leases">What.</param>
/// <param name="At">When he had them.</param>
/// <param name="IsWallSteady">Whether nobody has set the clock on the wall while he took them.</param>
internal sealed record Claimed(
    string Group, string Consumer, IReadOnlyList<Given> Leases, Moment At, bool IsWallSteady) : Fact;

/// <summary>A consumer is about to hand these back.</summary>
internal sealed record ReturnBegun(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact;

/// <summary>A consumer is about to start these; he may die before he hears whether it counts.</summary>
internal sealed record StartBegun(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact
{
    public override bool IsPromise => false;
}

/// <summary>He was told that these are started: should he die, that is an attempt.</summary>
internal sealed record Started(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact
{
    public override bool IsPromise => false;
}

/// <summary>He is about to say that their work is done: should he die from now on, that need be no attempt.</summary>
internal sealed record FinishBegun(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact
{
    public override bool IsPromise => false;
}

/// <summary>One attempt that has failed.</summary>
/// <param name="Offset">The message.</param>
/// <param name="Token">Of its lease.</param>
/// <param name="Attempt">Which attempt it was, counted from 1.</param>
/// <param name="At">When that was said, or a little earlier.</param>
/// <param name="Delay">How long it is to wait.</param>
internal sealed record Failure(long Offset, LeaseToken Token, int Attempt, Moment At, TimeSpan Delay);

/// <summary>A consumer is about to say that these have failed.</summary>
internal sealed record FailBegun(string Group, IReadOnlyList<Failure> Failures) : Fact;

/// <summary>Of those he was told that these were accepted: they come again, later.</summary>
internal sealed record FailEnded(string Group, string Consumer, IReadOnlyList<Failure> Accepted) : Fact;

/// <summary>A consumer is about to take messages.</summary>
internal sealed record ClaimBegun(string Consumer) : Fact;

/// <summary>A process is about to leave, has died, or was stopped: others may take over what it holds.</summary>
/// <param name="Process">Who.</param>
/// <param name="IsOrderly">It leaves by itself, and has said of everything that it took it.</param>
internal sealed record Retired(string Process, bool IsOrderly = false) : Fact;

/// <summary>A consumer is about to settle these.</summary>
internal sealed record SettleBegun(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact;

/// <summary>A consumer is about to give these up: each is settled once its letter lies among the dead.</summary>
internal sealed record GiveUpBegun(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact;

/// <summary>Of what he tried to settle or give up he was told that these are settled, and that these are not.</summary>
internal sealed record SettleEnded(
    string Group,
    IReadOnlyList<(long Offset, LeaseToken Token)> Accepted,
    IReadOnlyList<(long Offset, LeaseToken Token)> Refused) : Fact;

/// <summary>A consumer is about to make everything accepted so far durable.</summary>
internal sealed record FlushBegun(string Group, string Consumer) : Fact;

/// <summary>It was told that this has happened.</summary>
internal sealed record FlushEnded(string Group, string Consumer) : Fact;

/// <summary>Said of bytes, which the ledger knows nothing of: a segment is durable up to there.</summary>
internal sealed record Covered(string Segment, long Position);
