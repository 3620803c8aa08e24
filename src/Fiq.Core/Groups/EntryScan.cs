using System.Numerics;
using System.Runtime.InteropServices;

namespace Fiq.Groups;

/// <summary>
/// Looks through entries quickly: in pieces, as committed, without checksums. Whoever then works on an entry reads
/// and checks that one.
/// </summary>
internal static class EntryScan
{
    private const int EntryWords = TableLayout.EntryLength / 8;
    private const int PieceEntries = 256;

    /// <summary>Entries in use below the high-water mark.</summary>
    public static IEnumerable<(int Index, LeaseEntry Entry)> Used(LeaseTable table)
    {
        var highWater = table.HighWater;
        var piece = new ulong[Math.Min(PieceEntries, highWater) * EntryWords];
        for (var first = 0; first < highWater; first += PieceEntries)
        {
            var count = Math.Min(PieceEntries, highWater - first);
            table.Transaction.Memory.Read(
                TableLayout.EntryAt(first), MemoryMarshal.AsBytes(piece.AsSpan(0, count * EntryWords)));
            for (var i = 0; i < count; i++)
            {
                var entry = LeaseEntry.Glimpse(piece.AsSpan(i * EntryWords, EntryWords));
                if (entry.Owner != EntryOwner.Free)
                    yield return (first + i, entry);
            }
        }
    }

    /// <summary>Entries that can be taken: found by the ready map, so that those that wait cost nothing.</summary>
    public static IEnumerable<(int Index, LeaseEntry Entry)> Ready(LeaseTable table)
    {
        var map = new ulong[(table.HighWater + 63) / 64];
        table.Transaction.Memory.Read(TableLayout.ReadyAt, MemoryMarshal.AsBytes(map.AsSpan()));
        var words = new ulong[EntryWords];
        for (var i = 0; i < map.Length; i++)
        {
            for (var rest = map[i]; rest != 0; rest &= rest - 1)
            {
                var index = (i * 64) + BitOperations.TrailingZeroCount(rest);
                table.Transaction.Memory.Read(TableLayout.EntryAt(index), MemoryMarshal.AsBytes(words.AsSpan()));
                yield return (index, LeaseEntry.Glimpse(words));
            }
        }
    }
}
