namespace Fiq.Groups;

/// <summary>The words of the table's state, in their order.</summary>
internal enum TableWord
{
    /// <summary>Nothing at or above has been taken; below, all is settled but the entries' pending bits.</summary>
    Cursor,
    /// <summary>The counter part of the last serial drawn.</summary>
    Counter,
    /// <summary>The first free entry plus 1; 0 when none below the high-water mark is free.</summary>
    FreeHead,
    /// <summary>Entries at and above have never been used since the table was last empty.</summary>
    HighWater,
    /// <summary>Entries in use.</summary>
    EntriesUsed,
    /// <summary>Messages in returned entries.</summary>
    Returned,
    /// <summary>Messages in entries whose lease was revoked and whose attempts are still to be counted.</summary>
    Revoked,
    /// <summary>Settled offsets, counted from 0.</summary>
    SettledMessages,
    /// <summary>Declared work of the settled offsets.</summary>
    SettledMicroseconds,
    /// <summary>The first settlement record not yet on disk.</summary>
    JournalHead,
    /// <summary>One past the last settlement record.</summary>
    JournalTail,
    /// <summary>The floor that the synced offset file states.</summary>
    DurableFloor,
    /// <summary>The sequence of the offset file's last record.</summary>
    OffsetSequence,
    /// <summary>Where the offset file's next record goes.</summary>
    OffsetEnd,
    /// <summary>The CRC of the header of the offset file's last record.</summary>
    OffsetHeaderCrc,
    /// <summary>How often a whole snapshot became necessary.</summary>
    SnapshotsWanted,
    /// <summary>What that was when the last snapshot was taken.</summary>
    SnapshotsDone,
    /// <summary>1 while the offset file can't be written: nothing is claimed.</summary>
    Stopped,
    /// <summary>Messages that wait for the time they name.</summary>
    Delayed,
    /// <summary>Messages that failed and wait for another attempt.</summary>
    Retrying,
    /// <summary>Messages that wait for an earlier one of their key.</summary>
    Blocked,
    /// <summary>Messages whose keys nobody has looked at since the table was built.</summary>
    Unexamined,
    /// <summary>A timestamp before which no waiting message is due; 0 when none waits.</summary>
    NextDue,
    /// <summary>1 when messages with equal keys come one at a time, in order.</summary>
    Ordered,
    /// <summary>How often somebody took messages.</summary>
    Claims,
    /// <summary>
    /// The clock on the wall less the table's clock, in microseconds, when a message was last told to wait for its
    /// time: when it differs by more than a little, somebody has set the clock.
    /// </summary>
    WallOffset,
    /// <summary>Measured work of settled messages that had declared some, since the table was built.</summary>
    ObservedMicroseconds,
    /// <summary>What those messages had declared.</summary>
    ObservedDeclared,
    /// <summary>
    /// The sum of <see cref="LeaseEntry.Digest"/> of all entries: state and entries lie in different blocks of the
    /// file, and a volume that comes back without having been unmounted may show them as of different moments.
    /// </summary>
    PendingDigest,
    /// <summary>CRC-32C of all words before.</summary>
    Checksum,
}
