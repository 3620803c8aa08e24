using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Brings settlements from the table into the offset file: one process at a time, under the flush lock; the group's
/// lock is held only to look and to publish, never during a sync. Lock order: flush, then group.
/// </summary>
internal sealed class GroupFlusher : IDisposable
{
    private readonly GroupDoor _door;
    private readonly KernelLock _flushLock;
    private readonly OffsetFileWriter _writer;
    private readonly TimeSpan _wait;
    private readonly string _path;
    private readonly Func<OffsetFileContent> _read;

    /// <param name="door">The way to the table.</param>
    /// <param name="file">The lease table, whose locks are taken.</param>
    /// <param name="writer">Writes the offset file.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wait">How long to wait for the lock.</param>
    public GroupFlusher(
        GroupDoor door,
        IFile file,
        OffsetFileWriter writer,
        Func<OffsetFileContent> read,
        string path,
        TimeProvider time,
        TimeSpan wait)
    {
        _read = read;
        _door = door;
        _writer = writer;
        _wait = wait;
        _path = path;
        _flushLock = new KernelLock(file, TableLayout.FlushLock, time);
    }

    /// <summary>Failures that are to be written down.</summary>
    public RetryNotes Retries { get; } = new();

    private ISharedMemory Memory => _door.Memory;

    /// <summary>
    /// Makes everything settled until now durable and returns the durable floor. Waits for a flush under way.
    /// </summary>
    public long Flush()
    {
        _flushLock.Enter(
            _wait, () => (int)Memory.Load64(TableLayout.FlushHolderAt), $"the flush lock of group {_path}");
        try
        {
            // Left behind by a flusher that died: nobody knows what it wrote, so the file is written anew.
            var died = Memory.Load64(TableLayout.FlushHolderAt) != 0;
            Memory.Store64(TableLayout.FlushHolderAt, (ulong)ProcessIdentity.Current.Pid);
            FlushBehindLock(died);
            Memory.Store64(TableLayout.FlushHolderAt, 0);
            return (long)Memory.Load64(TableLayout.StateWordAt(TableWord.DurableFloor));
        }
        finally
        {
            _flushLock.Exit();
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _flushLock.Dispose();
    }

    private void FlushBehindLock(bool snapshot)
    {
        var retries = Retries.Waiting();
        if (Capture(snapshot, retries) is not { } plan)
            return;
        if (TryDelta(plan) is { } end)
        {
            Publish(plan, end);
            Retries.Written(retries.Length);
            return;
        }

        // Later settlements may be in it: a snapshot takes them all.
        if (!plan.IsSnapshot)
            plan = Capture(snapshot: true, retries)!;
        plan = plan.With(Earlier());
        try
        {
            // A dead flusher or a failed delta may have used the next numbers.
            end = _writer.Replace(plan.End.Sequence + 3, plan.Sums, plan.Settled, plan.Retries);
        }
        catch (FileSystemException error)
        {
            Stop();
            throw error.ToFiqException();
        }

        Publish(plan, end);
        Retries.Written(retries.Length);
    }

    /// <summary>
    /// What the old file says of failures. It is rumour here: attempts and times stand in the table, too.
    /// </summary>
    private IEnumerable<RetryNote> Earlier()
    {
        try
        {
            return _read().Retries.Values;
        }
        catch (Exception error) when (error is DamagedException or FileSystemException)
        {
            // What a failed sync left of it can't be read. The new file is whole without it, but for the reasons.
            return [];
        }
    }

    private OffsetFileEnd? TryDelta(FlushPlan plan)
    {
        if (plan.IsSnapshot)
            return null;
        try
        {
            return _writer.TryAppend(plan.End, plan.Sums, plan.Settled, plan.Retries);
        }
        catch (FileSystemException)
        {
            // Nothing is known of this file any more; it is never synced again, a new one takes its place.
            return null;
        }
    }

    private FlushPlan? Capture(bool snapshot, IReadOnlyCollection<RetryNote> retries)
    {
        using var inside = _door.Enter();
        return FlushPlan.TryMake(inside.Table, snapshot, retries);
    }

    private void Publish(FlushPlan plan, in OffsetFileEnd end)
    {
        using var inside = _door.Enter();
        plan.Publish(inside.Table, end);
        inside.Table.Commit();
    }

    private void Stop()
    {
        using (var inside = _door.Enter())
        {
            inside.Table.Add(TableWord.SnapshotsWanted, 1);
            inside.Table[TableWord.Stopped] = 1;
            inside.Table.Commit();
        }

        Memory.Store64(TableLayout.FlushHolderAt, 0);
    }
}
