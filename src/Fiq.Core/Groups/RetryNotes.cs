namespace Fiq.Groups;

/// <summary>
/// What this process knows of failures and the offset file does not yet. A process that dies takes them along: then
/// attempts and times are in the lease table, and only a power cut forgets these.
/// </summary>
internal sealed class RetryNotes
{
    private readonly Lock _gate = new();
    private readonly List<RetryNote> _waiting = [];

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _waiting.Count == 0;
        }
    }

    public void Add(in SettledOffset failed, GroupClock clock)
    {
        var delay = (long)failed.Delay.TotalMicroseconds;
        var note = new RetryNote(failed.Offset, failed.Attempt, clock.Wall + delay, delay, failed.Error ?? "");
        lock (_gate)
            _waiting.Add(note);
    }

    /// <summary>Those that wait, in the order of their failures.</summary>
    public RetryNote[] Waiting()
    {
        lock (_gate)
            return [.. _waiting];
    }

    /// <summary>The first ones are on disk.</summary>
    public void Written(int count)
    {
        lock (_gate)
            _waiting.RemoveRange(0, count);
    }
}
