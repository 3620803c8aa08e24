using Fiq.Engine;
using Fiq.Groups;

namespace Fiq.Simulation.Facts;

/// <summary>Something that was said to somebody, or is about to be tried: what a crash must not make untrue.</summary>
internal abstract record Fact;

/// <summary>The queue is there, durably, for whoever attached to it.</summary>
internal sealed record QueueMade : Fact;

/// <summary>From here on the queue may be gone.</summary>
internal sealed record DeletionBegun : Fact;

/// <summary>The queue was deleted.</summary>
internal sealed record QueueDeleted : Fact;

/// <summary>The group is there, and begins at this offset.</summary>
internal sealed record GroupMade(string Group, long Start) : Fact;

/// <summary>A producer is about to append these messages, all or none.</summary>
internal sealed record Invoked(string Producer, int Commit, IReadOnlyList<string> Bodies) : Fact;

/// <summary>They were acknowledged; the first one has this offset.</summary>
internal sealed record Acked(string Producer, int Commit, long Offset) : Fact;

/// <summary>They were refused: nothing of them is stored.</summary>
internal sealed record Refused(string Producer, int Commit) : Fact;

/// <summary>Somebody has read this message at this offset.</summary>
internal sealed record Seen(long Offset, string Body) : Fact;

/// <summary>A consumer was given these, each under its lease's token.</summary>
internal sealed record Claimed(
    string Group, string Consumer, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact
{
    public static Claimed By(string group, string consumer, IEnumerable<Delivery> deliveries) =>
        new(group, consumer, [.. deliveries.Select(each => (each.Offset, each.Token))]);
}

/// <summary>A consumer is about to hand these back.</summary>
internal sealed record ReturnBegun(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Leases) : Fact
{
    public static ReturnBegun Of(string group, IEnumerable<SettledOffset> returned) =>
        new(group, [.. returned.Select(each => (each.Offset, each.Token))]);
}

/// <summary>A consumer is about to take messages.</summary>
internal sealed record ClaimBegun(string Consumer) : Fact;

/// <summary>A process is about to leave, has died, or was stopped: others may take over what it holds.</summary>
/// <param name="Process">Who.</param>
/// <param name="IsOrderly">It leaves by itself, and has said of everything that it took it.</param>
internal sealed record Retired(string Process, bool IsOrderly = false) : Fact;

/// <summary>A consumer is about to settle these.</summary>
internal sealed record SettleBegun(string Group, IReadOnlyList<long> Offsets) : Fact;

/// <summary>Of those it was told that these were accepted.</summary>
internal sealed record SettleEnded(string Group, IReadOnlyList<(long Offset, LeaseToken Token)> Accepted) : Fact
{
    public static SettleEnded Of(string group, IEnumerable<SettledOffset> accepted) =>
        new(group, [.. accepted.Select(each => (each.Offset, each.Token))]);
}

/// <summary>A consumer is about to make everything accepted so far durable.</summary>
internal sealed record FlushBegun(string Group, string Consumer) : Fact;

/// <summary>It was told that this has happened.</summary>
internal sealed record FlushEnded(string Group, string Consumer) : Fact;

/// <summary>Said of bytes, which the ledger knows nothing of: a segment is durable up to there.</summary>
internal sealed record Covered(string Segment, long Position);
