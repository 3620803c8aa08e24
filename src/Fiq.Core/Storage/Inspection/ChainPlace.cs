namespace Fiq.Storage.Inspection;

/// <summary>A place between two batches, with everything that the next one must agree with.</summary>
/// <param name="Position">Where the next header must stand.</param>
/// <param name="Offset">The offset of the next message.</param>
/// <param name="Crc">The link that the next header must name.</param>
/// <param name="Sums">Sums up to here.</param>
/// <param name="TimestampMax">The largest timestamp up to here.</param>
internal readonly record struct ChainPlace(
    long Position, long Offset, uint Crc, RunningSums Sums, long TimestampMax)
{
    /// <summary>The place behind a batch.</summary>
    public ChainPlace Behind(in BatchHeader header) => new(
        header.EndPosition,
        header.EndOffset,
        header.Crc,
        header.Sums,
        Math.Max(TimestampMax, header.TimestampMax));

    /// <summary>The place behind a damaged place.</summary>
    public static ChainPlace Behind(SegmentDamage damage) => new(
        damage.ToPosition, damage.ToOffset, damage.NextCrc ?? 0, damage.After, damage.TimestampMax);
}
