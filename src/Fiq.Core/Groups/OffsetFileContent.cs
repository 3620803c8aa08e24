namespace Fiq.Groups;

/// <summary>Where the next record of an offset file goes, and what it must continue.</summary>
/// <param name="Position">The byte behind the last record.</param>
/// <param name="Sequence">The last record's sequence.</param>
/// <param name="HeaderCrc">The CRC of its header.</param>
internal readonly record struct OffsetFileEnd(long Position, ulong Sequence, uint HeaderCrc);

/// <summary>What an offset file says.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Sums">The sums of its last record.</param>
/// <param name="Settled">The settled offsets; only those from the floor to the cursor mean something.</param>
/// <param name="End">Where it goes on.</param>
/// <param name="Torn">Whether something unfinished follows: the next flush writes a new file.</param>
internal sealed record OffsetFileContent(
    OffsetFileHeader Header, OffsetSums Sums, OffsetSet Settled, OffsetFileEnd End, bool Torn)
{
    /// <summary>What is known of unsettled messages that have failed, by their offsets.</summary>
    public IReadOnlyDictionary<long, RetryNote> Retries { get; init; } = new Dictionary<long, RetryNote>();

    /// <summary>Bit i tells whether offset <paramref name="start"/> + i is settled.</summary>
    public ulong SettledAt(long start)
    {
        var mask = Settled.MaskAt(start);
        if (start < Sums.Floor)
            mask |= Bits.Low((int)Math.Min(64, Sums.Floor - start));
        var known = Sums.Cursor - start;
        return known <= 0 ? 0 : mask & Bits.Low((int)Math.Min(64, known));
    }

    /// <summary>
    /// The unsettled offsets from <paramref name="from"/> up to the cursor, ascending, in masks of 64 offsets.
    /// </summary>
    public IEnumerable<(long Start, ulong Mask)> UnsettledFrom(long from)
    {
        var at = Settled.NextMissing(Math.Max(from, Sums.Floor));
        while (at < Sums.Cursor)
        {
            var mask = ~SettledAt(at) & Bits.Low((int)Math.Min(64, Sums.Cursor - at));
            yield return (at, mask);
            at = Settled.NextMissing(at + 64);
        }
    }
}
