using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// A member's place in the table. The heartbeat stands beside it, at byte 40, stored by its owner at any time and
/// outside the checksum.
/// </summary>
/// <param name="Taken">1 while a process has it, or had it and its leases are not freed yet.</param>
/// <param name="Incarnation">Which of its users, one after the other.</param>
/// <param name="Pid">Its process as it sees itself; for messages only.</param>
/// <param name="ProcessStart">When that process started; for messages only.</param>
/// <param name="JoinedMicroseconds">When it joined: microseconds since 1970 UTC.</param>
/// <param name="Workers">How many workers it runs.</param>
/// <param name="Leased">Messages it has taken and not settled.</param>
internal readonly record struct Slot(
    bool Taken, uint Incarnation, int Pid, ulong ProcessStart, long JoinedMicroseconds, int Workers, long Leased)
{
    public const int HeartbeatWord = 40;
    public const int LeasedWord = 48;
    private const int ChecksumWord = 56;
    private const int Words = 6;

    /// <summary>Reads it; throws when its checksum is wrong.</summary>
    public static Slot Read(TableTransaction table, int slot)
    {
        var at = TableLayout.SlotAt(slot);
        Span<ulong> words = stackalloc ulong[Words];
        for (var i = 0; i < Words; i++)
            words[i] = table.Load(at + PositionOf(i));
        if (table.Load(at + ChecksumWord) != Checksum(words))
            throw table.Damage(at, TableLayout.SlotLength, $"slot {slot}");
        return new Slot(
            (words[0] & 1) != 0,
            (uint)(words[0] >> 32),
            (int)(words[1] & uint.MaxValue),
            words[2],
            (long)words[3],
            (int)(words[1] >> 32),
            (long)words[5]);
    }

    public void Write(TableTransaction table, int slot)
    {
        var at = TableLayout.SlotAt(slot);
        Span<ulong> words =
        [
            ((ulong)Incarnation << 32) | (Taken ? 1UL : 0),
            ((ulong)(uint)Workers << 32) | (uint)Pid,
            ProcessStart,
            (ulong)JoinedMicroseconds,
            0,
            (ulong)Leased,
        ];
        for (var i = 0; i < Words; i++)
            table.Store(at + PositionOf(i), words[i]);
        table.Store(at + ChecksumWord, Checksum(words));
    }

    // Word 4 is spare at byte 32; byte 40 is the heartbeat, which is not ours; word 5 stands at byte 48.
    private static int PositionOf(int word) => word < 5 ? word * 8 : LeasedWord;

    private static ulong Checksum(ReadOnlySpan<ulong> words) => Crc32C.Compute(MemoryMarshal.AsBytes(words));
}
