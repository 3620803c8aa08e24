namespace Fiq.Groups;

/// <summary>
/// What this process knows of failures and the offset file does not yet. A process that dies takes them along: then
/// attempts and times are in the lease table, and only a power cut forgets these.
/// </summary>
internal sealed class RetryNotes
{
    private readonly Lock gate = new();
    private readonly List<RetryNote> waiting = [];

    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return waiting.Count == 0;
        }
    }

    public void Add(in SettledOffset failed, GroupClock clock)
    {
        var delay = (long)failed.Delay.TotalMicroseconds;
        var note = new RetryNote(failed.Offset, failed.Attempt, clock.Wall + delay, delay, failed.Error ?? "");
        lock (gate)
            waiting.Add(note);
    }

    /// <summary>Those that wait, in the order of their failures.</summary>
    public RetryNote[] Waiting()
    {
        lock (gate)
            return [.. waiting];
    }

    /// <summary>The first ones are on disk.</summary>
    public void Written(int count)
    {
        lock (gate)
            waiting.RemoveRange(0, count);
    }
}
