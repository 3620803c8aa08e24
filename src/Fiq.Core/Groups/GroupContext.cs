namespace Fiq.Groups;

/// <summary>What is the same for all groups of a queue: identities, the clock and chance.</summary>
/// <param name="QueueId">The queue's random identity; files of another queue are refused.</param>
/// <param name="BootId">This boot of the machine; a lease table of another boot means nothing.</param>
/// <param name="Time">Its timestamps are monotonic and comparable between the processes of one boot.</param>
/// <param name="Random">Draws 64 random bits.</param>
internal sealed record GroupContext(ulong QueueId, Guid BootId, TimeProvider Time, Func<ulong> Random)
{
    /// <summary>Which group it is about, where one is meant: the offset file of another one is refused then.</summary>
    public GroupName? Name { get; init; }

    /// <summary>What an offset file says of its group; 0 when no group is meant.</summary>
    public ulong NameHash => Name is { } name ? MessageKey.Parse(name.ToString()).Hash : 0;
}

/// <summary>Where a new group begins.</summary>
/// <param name="Offset">The first offset it has not settled.</param>
/// <param name="SettledMicroseconds">The log's running sum of declared work below that offset.</param>
internal readonly record struct GroupStart(long Offset, long SettledMicroseconds);

/// <summary>How one process takes part in a group.</summary>
/// <param name="Workers">How many workers it runs; told to whoever looks.</param>
/// <param name="HeartbeatLimit">A process whose heartbeat is older is taken to hang.</param>
/// <param name="LockWait">How long to wait for a lock before naming its holder.</param>
internal sealed record GroupOptions(int Workers, TimeSpan HeartbeatLimit, TimeSpan LockWait)
{
    /// <summary>
    /// Whether messages with equal keys come one at a time, in order: all members must agree. Null: as the others do.
    /// </summary>
    public bool? Ordered { get; init; } = false;

    /// <summary>For whoever changes a group and takes nothing of it.</summary>
    public static GroupOptions OfAdministration(TimeSpan lockWait) =>
        new(Workers: 0, HeartbeatLimit: TimeSpan.FromSeconds(10), lockWait) { Ordered = null };
}
