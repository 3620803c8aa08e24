namespace Fiq.Storage;

/// <summary>
/// What happened on a queue's control page; the last 256 are kept there for whoever must understand it.
/// </summary>
internal enum ProtocolEvent : uint
{
    None = 0,
    Attached = 1,
    Recovered = 2,
    FoundClean = 3,
    SyncFailed = 4,
    LeaderDied = 5,
    MayNotLead = 6,
    TailUnproven = 7,
    RolledFull = 8,
    RolledFailed = 9,
    Adopted = 10,
    DirectorySyncFailed = 11,
    Trimmed = 12,
    WriteFailed = 13,
    Deleted = 14,
    NotSealed = 15,
    DamageFound = 16,
}

/// <summary>An event as it stands on the control page.</summary>
/// <param name="Number">Counted from 0 since the page was made.</param>
/// <param name="What">What happened.</param>
/// <param name="Epoch">The segment's ordinal; of <see cref="ProtocolEvent.Attached"/> the process id.</param>
/// <param name="Offset">The message offset that goes with it.</param>
internal readonly record struct NotedEvent(uint Number, ProtocolEvent What, long Epoch, long Offset);
