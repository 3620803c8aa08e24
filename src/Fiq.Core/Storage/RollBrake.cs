namespace Fiq.Storage;

/// <summary>
/// Keeps a process that has just failed to make a new segment from trying again at once: with a full disk each try
/// would create and remove a file. For a second it gets the same answer instead.
/// </summary>
internal sealed class RollBrake(TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private FiqException? _failure;
    private long _failedAt;

    /// <summary>Rolls, unless that failed within the last second.</summary>
    public void Try(Action roll)
    {
        if (_failure is FiqException last && time.GetElapsedTime(_failedAt) < RetryAfter)
            throw new FiqException(last.Code, last.Message, last.Hint, last);
        try
        {
            roll();
            _failure = null;
        }
        catch (FiqException error)
        {
            (_failure, _failedAt) = (error, time.GetTimestamp());
            throw;
        }
    }
}
