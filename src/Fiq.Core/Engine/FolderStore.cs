using Fiq.Files;

namespace Fiq.Engine;

/// <summary>The folder that holds the queues: how its queues are found, joined and made.</summary>
internal sealed class FolderStore(string path, FolderOptions options)
{
    private bool _warned;

    /// <summary>Joins a queue, which is created first if so asked and there is none.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.QueueNotFound"/>.</exception>
    public AttachedQueue Attach(QueueName queue, bool create)
    {
        using IDirectory? store = create ? OpenOrCreate() : TryOpen();
        bool created = false;
        while (store is not null)
        {
            if (create && store.TryStatus(queue.ToString()) is null)
            {
                RefuseReserved(queue);
                created = new QueueLifecycle(store, options).TryCreate(queue, new QueueSettings());
            }

            if (AttachedQueue.TryAttach(store, queue, created, options) is AttachedQueue attached) return attached;
            if (!create) break;
        }

        throw NotFound(queue);
    }

    /// <summary>Joins the dead letters of a queue.</summary>
    public AttachedQueue AttachDead(QueueName queue)
    {
        using IDirectory store = OpenOrCreate();
        return AttachedQueue.AttachDead(store, queue, options);
    }

    /// <summary>Opens the dead letters of a queue that is there.</summary>
    public FolderDeadLetters OpenDeadLetters(QueueName queue)
    {
        Require(queue).Dispose();
        return new FolderDeadLetters(AttachDead(queue));
    }

    /// <summary>The same description with the number of dead letters of each group.</summary>
    public QueueDescription WithDead(QueueDescription queue)
    {
        if (queue.Name.IsDead || queue.Groups.Count == 0) return queue;
        using IDirectory? store = TryOpen();
        using QueueFolder? box = store is null ? null : QueueFolder.TryOpen(store, queue.Name.Dead, options);
        if (box is null) return queue;
        GroupName[] names = [.. queue.Groups.Select(group => group.Name)];
        IReadOnlyDictionary<GroupName, long> dead;
        try
        {
            dead = LetterReader.CountByGroup(box, names);
        }
        catch (DamagedException)
        {
            // It must not hide the queue. Whoever looks at the dead letters, or verifies the queue, is told.
            return queue;
        }

        return queue with
        {
            Groups = [.. queue.Groups.Select(group => group with { Dead = dead.GetValueOrDefault(group.Name) })],
        };
    }

    /// <summary>Opens a queue's folder without joining it.</summary>
    public QueueFolder Require(QueueName queue)
    {
        using IDirectory? store = TryOpen();
        return (store is null ? null : QueueFolder.TryOpen(store, queue, options)) ?? throw NotFound(queue);
    }

    /// <summary>The folder of queues; null when there is none yet.</summary>
    public IDirectory? TryOpen()
    {
        IDirectory? store = StoreFolder.TryOpen(
            options.Files, path, options.AllowUnsafeFileSystem, out string? warning);
        Warn(warning);
        return store;
    }

    /// <summary>The folder of queues, created when there is none.</summary>
    public IDirectory OpenOrCreate()
    {
        IDirectory store = StoreFolder.OpenOrCreate(
            options.Files, path, options.AllowUnsafeFileSystem, out string? warning);
        Warn(warning);
        return store;
    }

    private void Warn(string? warning)
    {
        if (warning is null || _warned) return;
        _warned = true;
        options.Warn?.Invoke(warning);
    }

    /// <summary>The error for a queue that is not there.</summary>
    public FiqException NotFound(QueueName queue) =>
        new(ErrorCode.QueueNotFound, $"no queue \"{queue}\" in {path}") { Queue = queue.ToString() };

    /// <summary>Refuses to make what only fiq makes.</summary>
    public static void RefuseReserved(QueueName queue)
    {
        if (!queue.IsDead) return;
        throw new FiqException(
            ErrorCode.BadRequest,
            $"\"{queue}\" ends in {QueueName.DeadSuffix}, which is reserved for dead letters",
            "Choose another name.");
    }
}
