using System.Numerics;
using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Up to 64 offsets below the cursor that are not settled, in one state. Which of them a worker has started stands
/// beside it, in the table's array of started masks, set by the owner at any time.
/// </summary>
/// <param name="Start">The offset of bit 0.</param>
/// <param name="Pending">The offsets that are not settled.</param>
/// <param name="Serial">The lease's serial; 0 when nobody may settle.</param>
/// <param name="Owner">See <see cref="EntryOwner"/>.</param>
/// <param name="Attempts">Attempts already counted.</param>
/// <param name="Next">In a free entry the next free one, in an ordered group's the next of its bucket: plus 1, or 0.
/// </param>
internal readonly record struct LeaseEntry(
    long Start, ulong Pending, ulong Serial, EntryOwner Owner, uint Attempts, uint Next)
{
    /// <summary>More are not counted: far beyond every limit that a retry policy allows.</summary>
    public const uint AttemptsCeiling = 0xFFFF;

    /// <summary>Where <see cref="IsDelayed"/> stands in the word of attempts.</summary>
    public const uint DelayedFlag = 1u << 21;

    private const int Words = 7;
    private const int ChecksumAt = 40;
    private const int DueAt = 48;
    private const int PriorityShift = 16;
    private const uint InterruptedBit = 1u << 20;

    /// <summary>0 to 9, as far as anybody has looked; what nobody has read yet counts as 0.</summary>
    public int Priority { get; init; }

    /// <summary>Whether the attempt counted last ended because its owner died or hung.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>Of a waiting one: whether it was never tried and waits for the time that its message names.</summary>
    public bool IsDelayed { get; init; }

    /// <summary>Of a waiting one: when it may be taken, as a timestamp of the table's clock.</summary>
    public long Due { get; init; }

    /// <summary>In an ordered group the hash of the key of all its messages; 0 for none.</summary>
    public ulong KeyHash { get; init; }

    /// <summary>The lowest pending offset.</summary>
    public long Lowest => Start + BitOperations.TrailingZeroCount(Pending);

    /// <summary>How many messages.</summary>
    public int Count => Bits.Count(Pending);

    /// <summary>The same messages with one attempt more.</summary>
    public LeaseEntry Tried(bool interrupted) => this with
    {
        Attempts = Math.Min(Attempts + 1, AttemptsCeiling),
        WasInterrupted = interrupted,
    };

    /// <summary>The same messages with bit 0 for the lowest; there must be one.</summary>
    public LeaseEntry FromLowest() => this with { Start = Lowest, Pending = Pending >> (int)(Lowest - Start) };

    /// <summary>A number for the offsets of an entry; 0 for none. Its sums tell sets of offsets apart.</summary>
    public static ulong Digest(long start, ulong pending)
    {
        if (pending == 0)
            return 0;
        var mixed = ((ulong)start * 0x9E37_79B9_7F4A_7C15) ^ pending;
        mixed = (mixed ^ (mixed >> 32)) * 0xBF58_476D_1CE4_E5B9;
        return mixed ^ (mixed >> 29);
    }

    /// <summary>Reads it; throws when its checksum is wrong.</summary>
    public static LeaseEntry Read(TableTransaction table, int entry)
    {
        var at = TableLayout.EntryAt(entry);
        Span<ulong> words = stackalloc ulong[Words];
        for (var i = 0; i < Words; i++)
            words[i] = table.Load(at + PositionOf(i));
        if (table.Load(at + ChecksumAt) != Checksum(words))
            throw table.Damage(at, TableLayout.EntryLength, $"entry {entry}");
        return Of(words);
    }

    /// <summary>What an entry's 8 words say, without a look at its checksum.</summary>
    public static LeaseEntry Glimpse(ReadOnlySpan<ulong> entry) =>
        Of([entry[0], entry[1], entry[2], entry[3], entry[4], entry[DueAt / 8], entry[(DueAt / 8) + 1]]);

    public void Write(TableTransaction table, int entry)
    {
        var at = TableLayout.EntryAt(entry);
        var flags = Attempts
            | ((uint)Priority << PriorityShift)
            | (WasInterrupted ? InterruptedBit : 0)
            | (IsDelayed ? DelayedFlag : 0);
        Span<ulong> words =
            [(ulong)Start, Pending, Serial, Owner.Word, ((ulong)Next << 32) | flags, (ulong)Due, KeyHash];
        for (var i = 0; i < Words; i++)
            table.Store(at + PositionOf(i), words[i]);
        table.Store(at + ChecksumAt, Checksum(words));
    }

    private static LeaseEntry Of(ReadOnlySpan<ulong> words) => new(
        (long)words[0],
        words[1],
        words[2],
        new EntryOwner(words[3]),
        (uint)words[4] & AttemptsCeiling,
        (uint)(words[4] >> 32))
    {
        Priority = (int)(words[4] >> PriorityShift) & 0xF,
        WasInterrupted = (words[4] & InterruptedBit) != 0,
        IsDelayed = (words[4] & DelayedFlag) != 0,
        Due = (long)words[5],
        KeyHash = words[6],
    };

    // The checksum stands between the first five words and the last two.
    private static int PositionOf(int word) => word < 5 ? word * 8 : DueAt + ((word - 5) * 8);

    private static ulong Checksum(ReadOnlySpan<ulong> words) => Crc32C.Compute(MemoryMarshal.AsBytes(words));
}
