namespace Fiq.Files;

/// <summary>
/// How long one waits for a lock. The limit is for one holder, because its error says that somebody keeps the lock: in
/// a crowd, where it goes from hand to hand, nobody does. A crowd in which a waiter never gets its turn has an end too.
/// </summary>
internal sealed class LockPatience(TimeProvider time, TimeSpan limit, Func<int> holderPid)
{
    /// <summary>The longest wait in a crowd, in limits.</summary>
    private const int HoldersMax = 6;

    private readonly long _started = time.GetTimestamp();
    private long _since = time.GetTimestamp();
    private int _holder = holderPid();

    public TimeSpan Waited => time.GetElapsedTime(_started);

    /// <summary>Whether one process has held the lock for the whole limit, as far as one can see.</summary>
    public bool IsOver
    {
        get
        {
            int holder = holderPid();
            if (holder != _holder) (_holder, _since) = (holder, time.GetTimestamp());
            return time.GetElapsedTime(_since) >= limit || Waited >= limit * HoldersMax;
        }
    }
}
