namespace Fiq.Storage;

/// <summary>The errors of the log that have no type of their own.</summary>
internal static class LogErrors
{
    public static FiqException Deleted() =>
        new(ErrorCode.QueueNotFound, "the queue was deleted", "Start again to create it anew.");

    public static FiqException Unknown(string why, Exception? inner = null) => new(
        ErrorCode.Unknown,
        $"it can't be known whether the message was stored: {why}",
        "Look with fiq queue show; produce it again only if a message twice does no harm.",
        inner);
}
