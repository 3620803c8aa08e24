using System.Numerics;

namespace Fiq.Groups;

/// <summary>
/// Entries may interleave: one holds offsets 3 and 5, another 4. For an ordered group they are made anew, so that one
/// begins behind the end of the other.
/// </summary>
internal static class Ascending
{
    /// <summary>Makes them anew.</summary>
    /// <param name="entries">In any order.</param>
    /// <param name="isCrowded">
    /// Whether one entry stands for up to 64 offsets whatever is known of each: it is then as urgent as the most
    /// urgent, was tried as often as the one that was tried most, and may be taken when the first may.
    /// </param>
    public static IEnumerable<RecoveredEntry> Of(IReadOnlyList<RecoveredEntry> entries, bool isCrowded = false)
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
            var isAlike = single with { Start = 0, Pending = 0 } == last with { Start = 0, Pending = 0 };
            if (distance < 64 && (isAlike || isCrowded))
            {
                open = Joined(last, single) with { Pending = last.Pending | (1UL << (int)distance) };
                continue;
            }

            yield return last;
            open = single;
        }

        if (open is { } end)
            yield return end;
    }

    private static RecoveredEntry Joined(in RecoveredEntry one, in RecoveredEntry other) => one with
    {
        Attempts = Math.Max(one.Attempts, other.Attempts),
        Priority = Math.Max(one.Priority, other.Priority),
        Due = Math.Min(one.Due, other.Due),
        WasInterrupted = one.WasInterrupted || other.WasInterrupted,
        IsDelayed = one.IsDelayed && other.IsDelayed,
    };

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
