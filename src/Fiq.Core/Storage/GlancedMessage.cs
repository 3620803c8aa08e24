namespace Fiq.Storage;

/// <summary>What is seen of a message without decoding it.</summary>
/// <param name="Offset">Which.</param>
/// <param name="KeyHash">The hash of its key; null when it has none.</param>
/// <param name="Priority">0 to 9.</param>
internal readonly record struct GlancedMessage(long Offset, ulong? KeyHash, int Priority);
