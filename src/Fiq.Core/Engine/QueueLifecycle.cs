using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// How a queue comes into being and goes: under a name that means nothing, then by one rename. A crash in between
/// leaves a folder `.new-*` or `.deleted-*`, which the next one who creates or deletes a queue removes.
/// </summary>
internal sealed class QueueLifecycle(IDirectory store, FolderOptions options)
{
    private const string NewPrefix = ".new-";
    private const string DeletedPrefix = ".deleted-";

    /// <summary>Creates a queue with room for its dead letters; false when there is one of that name.</summary>
    public bool TryCreate(QueueName name, QueueSettings settings)
    {
        RemoveLeftOvers();
        if (store.TryStatus(name.ToString()) is not null) return false;
        // The room for dead letters comes first: a queue that exists has it.
        TryCreateOne(name.Dead, new QueueSettings { SegmentBytes = settings.SegmentBytes });
        return TryCreateOne(name, settings);
    }

    /// <summary>Creates the queue of dead letters of a queue; false when there is one.</summary>
    public bool TryCreateDead(QueueName name) => TryCreateOne(name.Dead, new QueueSettings());

    /// <summary>
    /// Deletes a queue and its dead letters, also while processes use them; false when there is none.
    /// </summary>
    public bool TryDelete(QueueName name)
    {
        RemoveLeftOvers();
        bool deleted = TryDeleteOne(name);
        if (!name.IsDead) TryDeleteOne(name.Dead);
        return deleted;
    }

    private bool TryCreateOne(QueueName name, QueueSettings settings)
    {
        using IDirectory folder = CreateLocked(out string temporary);
        try
        {
            Fill(folder, settings);
            if (store.TryRenameNoReplace(temporary, name.ToString()))
            {
                store.Sync();
                return true;
            }
        }
        catch
        {
            FolderTree.Remove(store, temporary);
            throw;
        }

        FolderTree.Remove(store, temporary);
        return false;
    }

    /// <summary>Makes a folder that no cleaner takes for a left-over, because its lock says that we live.</summary>
    private IDirectory CreateLocked(out string name)
    {
        while (true)
        {
            name = $"{NewPrefix}{options.Random():x16}";
            IDirectory? folder = TryCreateFolder(name);
            if (folder is null) continue;
            if (folder.TryLockExclusive() && store.TryStatus(name)?.Identity == folder.Identity) return folder;
            // A cleaner came between the making and the lock; it takes this one away.
            folder.Dispose();
        }
    }

    private IDirectory? TryCreateFolder(string name)
    {
        try
        {
            return store.CreateDirectory(name);
        }
        catch (FileSystemException error) when (error.Errno == Errno.NoEntry && error.Call == "open")
        {
            // A cleaner has taken it away before it could be opened.
            return null;
        }
    }

    private void Fill(IDirectory folder, QueueSettings settings)
    {
        var file = new QueueFile(options.Random(), settings);
        var log = new LogContext(
            folder,
            file.Id,
            options.Files.BootId,
            settings.SegmentBytes,
            options.Time,
            options.Random,
            ProcessIdentity.Current.Pid);
        file.Create(folder);
        LogBirth.Create(log);
        QueueFolder.CreateGroups(
            folder,
            new GroupContext(file.Id, log.BootId, options.Time, options.Random),
            new GroupStart(0, 0),
            options.Random());
        folder.Sync();
    }

    private bool TryDeleteOne(QueueName name)
    {
        using QueueFolder? queue = QueueFolder.TryOpen(store, name, options);
        if (queue is null) return false;
        string grave = $"{DeletedPrefix}{options.Random():x16}";
        bool buried = false;
        void Bury()
        {
            // The name may belong to another queue by now: somebody else has deleted ours, and a third made a new one.
            if (store.TryStatus(name.ToString())?.Identity != queue.Directory.Identity) return;
            store.Rename(name.ToString(), grave);
            buried = true;
        }

        try
        {
            using QueueLog log = queue.Attach();
            log.Delete(Bury);
        }
        catch (DamagedException)
        {
            // Nobody can attach to a damaged queue, so nobody needs to be told.
            Bury();
        }

        if (!buried) return false;
        // Not earlier: once the name is gone the queue stays deleted, whatever this sync says.
        store.Sync();
        Clean(queue.Directory, grave);
        return true;
    }

    private void RemoveLeftOvers()
    {
        foreach (string entry in store.List())
        {
            if (!entry.StartsWith(NewPrefix, StringComparison.Ordinal)
                && !entry.StartsWith(DeletedPrefix, StringComparison.Ordinal)) continue;
            using IDirectory? folder = store.TryOpenDirectory(entry);
            // Its maker may live, or may just have given it its name: then the name here is another folder's.
            if (folder is null || !folder.TryLockExclusive()) continue;
            if (store.TryStatus(entry)?.Identity != folder.Identity) continue;
            // Whoever gave it this name may have died before that was on disk, and a power cut would bring back a
            // queue of which parts are missing.
            store.Sync();
            Clean(folder, entry);
        }
    }

    /// <summary>
    /// Removes what lies under a name that means nothing. A process that has not yet noticed the deletion may put a
    /// file there meanwhile, and another cleaner may be at it: what is left is the next one's.
    /// </summary>
    private void Clean(IDirectory folder, string name)
    {
        try
        {
            FolderTree.RemoveContent(folder);
            store.TryRemoveDirectory(name);
        }
        catch (FileSystemException error) when (error.Errno is Errno.NotEmpty or Errno.NoEntry)
        {
            // Its name means nothing, so nothing is wrong with leaving it.
            return;
        }
    }
}
