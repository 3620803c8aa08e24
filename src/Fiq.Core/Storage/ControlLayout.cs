namespace Fiq.Storage;

/// <summary>
/// Where each word of the control page stands, and which byte range each lock is. The page is rumour: its layout may
/// change with a new <see cref="Version"/>, and is rebuilt by the first process that attaches.
/// </summary>
internal static class ControlLayout
{
    public const ulong Magic = 0x3143_5254_4351_4946; // "FIQCTRC1"
    public const uint Version = 1;
    public const int Size = 8192;

    public const int MagicAt = 0;
    public const int VersionAt = 8;
    public const int SizeAt = 12;
    public const int QueueIdAt = 16;
    public const int BootIdAt = 24;
    public const int IdentityCrcAt = 40;
    public const int TailDeviceAt = 48;
    public const int TailInodeAt = 56;

    public const int TailSelectorAt = 64;
    public const int WatermarkSelectorAt = 72;
    public const int SyncingAt = 80;
    public const int FailedAt = 88;
    public const int RollingAt = 96;
    public const int DeletedAt = 104;
    public const int FirstOffsetAt = 112;
    public const int FloorAt = 120;
    public const int RecoveringAt = 832;

    // Each futex word has its sleepers' flag beside it, and both have a cache line of their own.
    public const int AppendersAt = 128;
    public const int ReadersAt = 192;

    public const int TailCopiesAt = 256;
    public const int WatermarkCopiesAt = 512;
    public const int HoldersAt = 768;
    public const int OwnDeviceAt = 800;
    public const int OwnInodeAt = 808;
    public const int EventCountAt = 840;
    public const int CheckedThroughAt = 848;
    public const int CheckBeganAt = 856;
    public const int SyncsAt = 864;
    public const int SyncMicrosecondsAt = 872;

    public const int EndsAt = 1024;
    public const int EndsCount = 64;
    public const int EventsAt = 4096;
    public const int EventsCount = 256;

    // Who holds which producer's name, for messages only: by the hash of the name, the last one who came.
    public const int ProducersAt = 3072;
    public const int ProducersCount = 128;

    // Locks are single bytes far behind the end of the file: they stand for themselves, not for what is stored there.
    public const long LocksAt = 1L << 40;

    // One byte for each producer that is open, by the hash of its name. Of two names with the same 32 bits only one
    // can be open at a time: the other is refused as busy, which is a nuisance once in four billion pairs and no harm.
    public const long ProducerLocksAt = 1L << 41;

    public static long ProducerLockAt(ProducerName name) => ProducerLocksAt + (uint)name.Hash;
}

/// <summary>The locks of a queue, in the order in which they are taken.</summary>
internal enum ControlLock
{
    /// <summary>Held for the moment of attaching; whoever has it may recover.</summary>
    Attach = 0,

    /// <summary>Held shared by every process that may write; exclusive means nobody vouches for the page.</summary>
    Members = 1,

    /// <summary>Held shared by those who only look, so that repair can wait for them.</summary>
    Onlookers = 2,

    /// <summary>Creating and deleting groups, and deleting segments that they no longer need.</summary>
    Groups = 3,

    /// <summary>Who writes.</summary>
    Append = 4,

    /// <summary>Who syncs.</summary>
    Sync = 5,

    /// <summary>Who prepares the next file and writes footers.</summary>
    Spare = 6,

    /// <summary>Who verifies sealed segments; taken by itself, and nothing is taken under it.</summary>
    Check = 7,
}
