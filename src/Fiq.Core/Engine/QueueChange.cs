using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Changes what `queue.json` says of a queue that exists. Under the groups lock, so that no change is lost in another;
/// whoever works with the queue notices within a second.
/// </summary>
internal static class QueueChange
{
    /// <summary>Sets limits and leaves the others as they are, or as nobody has said anything of them.</summary>
    public static void Set(AttachedQueue queue, QueueLimits change, bool reset, TimeProvider time)
    {
        change.Check();
        Replace(queue, file => file with
        {
            Settings = file.Settings with { Limits = reset ? change : change.Over(file.Settings.Limits) },
        });
        // Nobody may be there who would notice that less has to be kept.
        new Trimmer(queue.Folder, queue.Log, time).Now();
    }

    /// <summary>Pauses or resumes; false when it was so already.</summary>
    public static bool Pause(AttachedQueue queue, bool paused) =>
        Replace(queue, file => file with { IsPaused = paused });

    private static bool Replace(AttachedQueue queue, Func<QueueFile, QueueFile> change)
    {
        bool changed = queue.Log.WithGroupsLock(() =>
        {
            if (queue.Log.IsDeleted) throw LogErrors.Deleted();
            QueueFile before = QueueFile.Read(queue.Folder.Directory);
            QueueFile after = change(before);
            // Whoever wrote what is there may not have come to syncing the folder.
            if (after == before) queue.Folder.Directory.Sync();
            else after.Replace(queue.Folder.Directory);
            return after != before;
        });
        queue.Folder.Settings.Reload();
        queue.Log.WakeReaders();
        return changed;
    }
}
