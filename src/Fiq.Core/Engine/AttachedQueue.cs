using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>A queue's folder with its log attached, and known to have its name. Owns both.</summary>
internal sealed record AttachedQueue(QueueFolder Folder, QueueLog Log, bool IsNew) : IDisposable
{
    /// <summary>Attaches to a queue; null when there is none of that name, or it was deleted at that moment.</summary>
    public static AttachedQueue? TryAttach(IDirectory store, QueueName name, bool isNew, FolderOptions options)
    {
        QueueFolder? folder = QueueFolder.TryOpen(store, name, options);
        if (folder is null) return null;
        QueueLog? log = null;
        try
        {
            // Whoever created the queue may not have come to this yet; what we acknowledge must not lose its folder.
            store.Sync();
            log = folder.Attach();
            if (HasName(store, folder)) return new AttachedQueue(folder, log, isNew);
        }
        catch when (!HasName(store, folder))
        {
            // Files of a deleted queue vanish one by one: what failed was not this queue's fault.
            log?.Dispose();
            folder.Dispose();
            return null;
        }
        catch
        {
            log?.Dispose();
            folder.Dispose();
            throw;
        }

        log.Dispose();
        folder.Dispose();
        return null;
    }

    /// <summary>Attaches to a queue's dead letters, which whoever deleted them by themselves finds again.</summary>
    public static AttachedQueue AttachDead(IDirectory store, QueueName queue, FolderOptions options)
    {
        while (true)
        {
            if (TryAttach(store, queue.Dead, isNew: false, options) is AttachedQueue attached) return attached;
            new QueueLifecycle(store, options).TryCreateDead(queue);
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        Folder.Dispose();
    }

    // Attached as the only member, we would take the log of a queue that is being unlinked for a sound one.
    private static bool HasName(IDirectory store, QueueFolder folder) =>
        store.TryStatus(folder.Name.ToString())?.Identity == folder.Directory.Identity;
}
