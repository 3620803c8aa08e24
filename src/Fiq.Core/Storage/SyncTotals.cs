namespace Fiq.Storage;

/// <summary>How often the data of a queue was synced, and how long that took.</summary>
/// <param name="Count">Syncs that succeeded; may wrap around.</param>
/// <param name="Microseconds">The sum of what they took; may wrap around.</param>
internal readonly record struct SyncTotals(long Count, long Microseconds);
