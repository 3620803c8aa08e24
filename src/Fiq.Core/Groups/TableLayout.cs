namespace Fiq.Groups;

/// <summary>
/// Where things stand in the mapped file <c>leases</c> (layout version 3), and which bytes of it are locked. All
/// words are 8 bytes. Only this type computes positions.
/// <code>
/// identity   0          magic, layout, length, queue id, boot id (2), generation, random, pid of builder, CRC-32C
/// holders    128        pid that holds the group's lock, pid that flushes, version of the table (odd: changing)
/// state      256        see TableWord; its CRC-32C last
/// slots      4,096      1,024 x 64 B
/// redo       69,632     state, CRC-32C, then 2,300 x (position, value)
/// journal    106,496    16,384 x (start, mask)
/// started    368,640    65,536 masks
/// entries    892,928    65,536 x 64 B
/// ready      5,087,232  65,536 bits: the entry is returned
/// buckets    5,095,424  65,536 x (first and last entry, plus 1): messages by their key, in ordered groups
/// </code>
/// </summary>
internal static class TableLayout
{
    public const string Name = "leases";
    public const ulong Magic = 0x3153_4553_4145_4C46;
    public const ulong Version = 3;
    public const int Length = BucketsAt + (BucketCount * 8);

    public const int MagicAt = 0;
    public const int VersionAt = 8;
    public const int RandomAt = 56;
    public const int BuilderPidAt = 64;
    public const int IdentityWords = 10;
    public const int GroupHolderAt = 128;
    public const int FlushHolderAt = 136;
    public const int ChangesAt = 144;
    public const int StateAt = 256;

    public const int SlotsAt = 4_096;
    public const int SlotCount = 1_024;
    public const int SlotLength = 64;

    public const int RedoAt = SlotsAt + (SlotCount * SlotLength);
    public const int RedoPairsAt = RedoAt + 16;
    public const int RedoPairsMax = 2_300;

    public const int JournalAt = RedoAt + 36_864;
    public const int JournalCount = 16_384;

    public const int StartedAt = JournalAt + (JournalCount * 16);
    public const int EntryCount = 65_536;

    public const int EntriesAt = StartedAt + (EntryCount * 8);
    public const int EntryLength = 64;

    public const int ReadyAt = EntriesAt + (EntryCount * EntryLength);
    public const int ReadyLength = EntryCount / 8;

    public const int BucketsAt = ReadyAt + ReadyLength;
    public const int BucketCount = 65_536;

    // Far behind any file's end, so that no read or write is ever touched by them. Bytes, not ranges.
    public const long GroupLock = 1L << 40;
    public const long FlushLock = GroupLock + 1;
    public const long PresenceLock = GroupLock + 2;
    public const long SlotLocks = GroupLock + 4_096;

    public static int SlotAt(int slot) => SlotsAt + (slot * SlotLength);

    public static int HeartbeatAt(int slot) => SlotAt(slot) + Slot.HeartbeatWord;

    public static int EntryAt(int entry) => EntriesAt + (entry * EntryLength);

    public static int PendingAt(int entry) => EntryAt(entry) + 8;

    public static int StartedMaskAt(int entry) => StartedAt + (entry * 8);

    public static int ReadyWordAt(int entry) => ReadyAt + (entry / 64 * 8);

    public static int BucketAt(ulong keyHash) => BucketsAt + ((int)(keyHash % BucketCount) * 8);

    public static int JournalRecordAt(ulong number) => JournalAt + ((int)(number % JournalCount) * 16);

    public static int StateWordAt(TableWord word) => StateAt + ((int)word * 8);
}
