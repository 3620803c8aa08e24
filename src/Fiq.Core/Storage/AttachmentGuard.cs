using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// Makes sure that the files we have open are still the queue's: somebody may delete the queue, or replace its files
/// with a backup, under running processes. Asked after each attach and roll, and once a second while appending.
/// </summary>
internal sealed class AttachmentGuard(LogContext context, ControlPage page, FileIdentity control)
{
    private static readonly TimeSpan CheckAfter = TimeSpan.FromSeconds(1);

    private long _checkedAt;
    private long _epoch;

    /// <exception cref="FiqException"><see cref="ErrorCode.QueueNotFound"/>: the queue was deleted.</exception>
    /// <exception cref="DamagedException">
    /// The control file or the tail segment was replaced or removed while in use.
    /// </exception>
    public void Check()
    {
        if (page.Deleted) throw LogErrors.Deleted();
        LogMark tail = page.Tail();
        if (tail.Epoch == _epoch && _checkedAt != 0 && context.Time.GetElapsedTime(_checkedAt) < CheckAfter) return;
        if (context.Folder.TryStatus(ControlFile.Name)?.Identity != control)
            throw Replaced(ControlFile.Name, ControlLayout.Size);
        if (!IsTailItself(tail)) throw Replaced(tail.Segment.ToString(), tail.Position);
        _checkedAt = context.Time.GetTimestamp();
        _epoch = tail.Epoch;
    }

    /// <summary>Whether the tail's name leads to the file that everybody appends to; true while that changes.</summary>
    private bool IsTailItself(in LogMark tail)
    {
        if (page.Rolling != 0) return true;
        FileIdentity file = page.TailFile();
        if (context.Folder.TryStatus(tail.Segment.ToString())?.Identity == file) return true;
        // A roller stores the new tail, then its file, and ends the roll last; a queue's deletion is marked first.
        if (page.Deleted) throw LogErrors.Deleted();
        return page.Rolling != 0 || page.Tail().Epoch != tail.Epoch;
    }

    private static DamagedException Replaced(string file, long length) =>
        new(file, 0, length, "it was replaced or removed while processes were using it");
}
