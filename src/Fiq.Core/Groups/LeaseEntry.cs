using System.Numerics;
using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Up to 64 offsets below the cursor that are not settled, in one hand. Which of them a worker has started stands
/// beside it, in the table's array of started masks, set by the owner at any time.
/// </summary>
/// <param name="Start">The offset of bit 0.</param>
/// <param name="Pending">The offsets that are not settled.</param>
/// <param name="Serial">The lease's serial; 0 when nobody may settle.</param>
/// <param name="Owner">See <see cref="EntryOwner"/>.</param>
/// <param name="Attempts">Attempts already counted.</param>
/// <param name="NextFree">In a free entry: the next free one plus 1, or 0.</param>
internal readonly record struct LeaseEntry(
    long Start, ulong Pending, ulong Serial, EntryOwner Owner, uint Attempts, uint NextFree)
{
    private const int Words = 5;
    private const int ChecksumAt = 40;

    /// <summary>The lowest pending offset.</summary>
    public long Lowest => Start + BitOperations.TrailingZeroCount(Pending);

    /// <summary>A number for the offsets of an entry; 0 for none. Its sums tell sets of offsets apart.</summary>
    public static ulong Digest(long start, ulong pending)
    {
        if (pending == 0)
            return 0;
        var mixed = ((ulong)start * 0x9E37_79B9_7F4A_7C15) ^ pending;
        mixed = (mixed ^ (mixed >> 32)) * 0xBF58_476D_1CE4_E5B9;
        return mixed ^ (mixed >> 29);
    }

    public static LeaseEntry Read(TableTransaction table, int entry)
    {
        var at = TableLayout.EntryAt(entry);
        Span<ulong> words = stackalloc ulong[Words];
        for (var i = 0; i < Words; i++)
            words[i] = table.Load(at + (i * 8));
        if (table.Load(at + ChecksumAt) != Checksum(words))
            throw table.Damage(at, TableLayout.EntryLength, $"entry {entry}");
        return new LeaseEntry(
            (long)words[0], words[1], words[2], new EntryOwner(words[3]), (uint)words[4], (uint)(words[4] >> 32));
    }

    public void Write(TableTransaction table, int entry)
    {
        var at = TableLayout.EntryAt(entry);
        Span<ulong> words = [(ulong)Start, Pending, Serial, Owner.Word, ((ulong)NextFree << 32) | Attempts];
        for (var i = 0; i < Words; i++)
            table.Store(at + (i * 8), words[i]);
        table.Store(at + ChecksumAt, Checksum(words));
    }

    private static ulong Checksum(ReadOnlySpan<ulong> words) => Crc32C.Compute(MemoryMarshal.AsBytes(words));
}

/// <summary>Whose an entry is: a slot in one incarnation, or nobody's in one of three ways.</summary>
internal readonly record struct EntryOwner(ulong Word)
{
    /// <summary>In no use.</summary>
    public static readonly EntryOwner Free = new(ulong.MaxValue);

    /// <summary>To be taken again.</summary>
    public static readonly EntryOwner Returned = new(ulong.MaxValue - 1);

    /// <summary>Taken from its owner; its attempts are still to be counted.</summary>
    public static readonly EntryOwner Revoked = new(ulong.MaxValue - 2);

    public static EntryOwner Of(int slot, uint incarnation) => new(((ulong)incarnation << 32) | (uint)slot);

    /// <summary>The slot it belongs to; null when nobody has it.</summary>
    public int? Slot => (uint)Word < TableLayout.SlotCount ? (int)(uint)Word : null;
}
