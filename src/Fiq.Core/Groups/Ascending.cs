using System.Numerics;

namespace Fiq.Groups;

/// <summary>
/// Entries may interleave: one holds offsets 3 and 5, another 4. For an ordered group they are made anew, so that one
/// begins behind the end of the other.
/// </summary>
internal static class Ascending
{
    public static IEnumerable<RecoveredEntry> Of(IReadOnlyList<RecoveredEntry> entries)
    {
        RecoveredEntry? open = null;
        foreach (var single in OneByOne(entries))
        {
            if (open is not { } last)
            {
                open = single;
                continue;
            }

            var distance = single.Start - last.Start;
            if (distance < 64 && single with { Start = 0, Pending = 0 } == last with { Start = 0, Pending = 0 })
            {
                open = last with { Pending = last.Pending | (1UL << (int)distance) };
                continue;
            }

            yield return last;
            open = single;
        }

        if (open is { } end)
            yield return end;
    }

    /// <summary>Each offset by itself, drawn as in a merge.</summary>
    private static IEnumerable<RecoveredEntry> OneByOne(IReadOnlyList<RecoveredEntry> entries)
    {
        var next = new PriorityQueue<RecoveredEntry, long>();
        foreach (var entry in entries)
            next.Enqueue(entry, LowestOf(entry));
        while (next.TryDequeue(out var entry, out var lowest))
        {
            yield return entry with { Start = lowest, Pending = 1 };
            var rest = entry with { Pending = entry.Pending & (entry.Pending - 1) };
            if (rest.Pending != 0)
                next.Enqueue(rest, LowestOf(rest));
        }
    }

    private static long LowestOf(in RecoveredEntry entry) =>
        entry.Start + BitOperations.TrailingZeroCount(entry.Pending);
}
