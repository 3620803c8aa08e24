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
    /// <exception cref="DamagedException">The control file was replaced while in use.</exception>
    public void Check()
    {
        if (page.Deleted) throw LogErrors.Deleted();
        long epoch = page.Tail().Epoch;
        if (epoch == _epoch && _checkedAt != 0 && context.Time.GetElapsedTime(_checkedAt) < CheckAfter) return;
        if (context.Folder.TryStatus(ControlFile.Name)?.Identity != control)
            throw new DamagedException(
                ControlFile.Name, 0, ControlLayout.Size, "it was replaced or removed while processes were using it");
        _checkedAt = context.Time.GetTimestamp();
        _epoch = epoch;
    }
}
