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
}
