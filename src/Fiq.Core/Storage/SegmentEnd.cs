namespace Fiq.Storage;

/// <summary>Why a segment ended.</summary>
internal enum EndReason : uint
{
    /// <summary>There is no predecessor: the first segment of a queue.</summary>
    None = 0,

    /// <summary>It was full; all of it was synced.</summary>
    Full = 1,

    /// <summary>A sync failed or its leader died; it ends at the last proven message.</summary>
    Failed = 2,

    /// <summary>Recovery ended it at the last proven message and copied what was accepted behind it.</summary>
    Recovered = 3,

    /// <summary>Repair ended it; offsets may be missing between its end and its successor's start.</summary>
    Repaired = 4,
}

/// <summary>Where a segment ends, as only its successor's header can say.</summary>
/// <param name="Ordinal">The segment that ends.</param>
/// <param name="Position">One past its last byte that counts.</param>
/// <param name="Offset">One past its last message.</param>
/// <param name="LastHeaderCrc">Checksum of its last batch header: the link of the chain between segments.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct SegmentEnd(
    long Ordinal, long Position, long Offset, uint LastHeaderCrc, EndReason Reason);
