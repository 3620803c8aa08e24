namespace Fiq.Storage;

/// <summary>A message as it was read from the log.</summary>
/// <param name="Offset">Its number in the queue.</param>
/// <param name="Message">The message; refers to bytes of its own.</param>
internal readonly record struct StoredMessage(long Offset, Message Message);
