using System.Numerics;
using System.Runtime.InteropServices;

namespace Fiq.Groups;

/// <summary>
/// Looks through all entries quickly: in pieces, as committed, without checksums. Whoever then works on an entry
/// reads and checks that one.
/// </summary>
internal static class EntryScan
{
    private const int EntryWords = TableLayout.EntryLength / 8;
    private const int PieceEntries = 256;

    /// <summary>Entries in use below the high-water mark: index, owner and lowest pending offset.</summary>
    public static IEnumerable<(int Entry, EntryOwner Owner, long Lowest)> Used(LeaseTable table)
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
                var at = i * EntryWords;
                var owner = new EntryOwner(piece[at + 3]);
                if (owner != EntryOwner.Free)
                    yield return (first + i, owner, (long)piece[at] + BitOperations.TrailingZeroCount(piece[at + 1]));
            }
        }
    }
}
