namespace Fiq.Workers;

/// <summary>
/// Thrown by a handler for a message that no further attempt could help: it goes to the dead letters at once.
/// </summary>
public sealed class PoisonException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Thrown by a handler that can't go on, whatever the message: the message is handed back and the run ends gently.
/// </summary>
public sealed class StopConsumingException(string message, Exception? inner = null) : Exception(message, inner);
