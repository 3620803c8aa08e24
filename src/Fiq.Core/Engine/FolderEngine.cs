using Fiq.Engine.Inspection;
using Fiq.Files;

namespace Fiq.Engine;

/// <summary>
/// Queues in a folder of this machine, shared by any number of processes. Opening it opens nothing yet: the folder is
/// created by the first message.
/// </summary>
public sealed class FolderEngine : IQueueEngine, IQueueInspection
{
    private readonly string _path;
    private readonly FolderOptions _options;
    private bool _warned;

    private FolderEngine(string path, FolderOptions options)
    {
        _path = path;
        _options = options;
    }

    /// <inheritdoc />
    public string Location => _path;

    /// <summary>Opens a folder of queues.</summary>
    /// <param name="path">The folder; need not exist yet.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.Unsupported"/>: this system or file system can't keep fiq's promise.
    /// </exception>
    public static FolderEngine Open(string path, FolderOptions? options = null)
    {
        SystemCheck.Run();
        return new FolderEngine(Path.GetFullPath(path), options ?? new FolderOptions());
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<QueueName>> ListAsync(CancellationToken cancellation) =>
        Run<IReadOnlyList<QueueName>>(() =>
        {
            using IDirectory? store = TryOpenStore();
            var names = new List<QueueName>();
            foreach (string entry in store?.List() ?? [])
                if (QueueName.TryParse(entry, out QueueName name) && !name.IsDead
                    && QueueFolder.IsQueue(store!, entry))
                    names.Add(name);
            names.Sort((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));
            return names;
        });

    /// <inheritdoc />
    public ValueTask<QueueDescription> DescribeAsync(QueueName queue, CancellationToken cancellation) => Run(() =>
    {
        using QueueFolder folder = Require(queue);
        try
        {
            return QueueDescriber.Describe(folder);
        }
        catch (DamagedException error)
        {
            throw error.In(folder.Directory.Path);
        }
    });

    /// <inheritdoc />
    public ValueTask<bool> CreateAsync(QueueName queue, QueueSettings settings, CancellationToken cancellation) =>
        Run(() =>
        {
            RefuseReserved(queue);
            settings.Limits.Check();
            if (settings.SegmentBytes < QueueSettings.SegmentBytesMin)
                throw new FiqException(
                    ErrorCode.BadRequest, $"a segment must have at least {QueueSettings.SegmentBytesMin} bytes");
            using IDirectory store = OpenStore();
            if (new QueueLifecycle(store, _options).TryCreate(queue, settings)) return true;
            using QueueFolder? folder = QueueFolder.TryOpen(store, queue, _options);
            if (folder is not null && AreSame(folder.File.Settings, settings)) return false;
            throw new FiqException(
                ErrorCode.QueueExistsDifferent,
                $"queue \"{queue}\" exists with other settings",
                $"Use it as it is, or change it: fiq queue set {queue}.")
            {
                Queue = queue.ToString(),
            };
        });

    /// <inheritdoc />
    public ValueTask DeleteAsync(QueueName queue, CancellationToken cancellation) => Completed(Run(() =>
    {
        using IDirectory? store = TryOpenStore();
        return store is not null && new QueueLifecycle(store, _options).TryDelete(queue)
            ? true
            : throw NotFound(queue);
    }));

    /// <inheritdoc />
    public ValueTask<bool> CreateGroupAsync(
        QueueName queue, GroupName group, StartPosition start, CancellationToken cancellation) =>
        InQueue(queue, attached => GroupBirth.TryCreate(attached.Folder, attached.Log, group, start, out _));

    /// <inheritdoc />
    public ValueTask SetAsync(QueueName queue, QueueLimits change, bool reset, CancellationToken cancellation) =>
        Completed(InQueue(queue, attached =>
        {
            RefuseReserved(queue);
            QueueChange.Set(attached, change, reset, _options.Time);
            return true;
        }));

    /// <inheritdoc />
    public ValueTask<bool> PauseAsync(
        QueueName queue, GroupName? group, bool paused, CancellationToken cancellation) =>
        InQueue(queue, attached => group is GroupName name
            ? GroupChange.Pause(attached, name, paused)
            : QueueChange.Pause(attached, paused));

    /// <inheritdoc />
    public ValueTask<GroupMove> SeekGroupAsync(
        QueueName queue, GroupName group, StartPosition to, bool dryRun, CancellationToken cancellation) =>
        InQueue(queue, attached => GroupChange.Seek(attached, group, to, dryRun));

    /// <inheritdoc />
    public ValueTask DeleteGroupAsync(
        QueueName queue, GroupName group, bool dryRun, CancellationToken cancellation) =>
        Completed(InQueue(queue, attached =>
        {
            GroupChange.Delete(attached, group, dryRun);
            // It may have been the one that lagged.
            if (!dryRun) new Trimmer(attached.Folder, attached.Log, _options.Time).Now();
            return true;
        }));

    /// <inheritdoc />
    public ValueTask<IQueueProducer> OpenProducerAsync(
        QueueName queue, ProducerOptions options, CancellationToken cancellation) => Run<IQueueProducer>(() =>
    {
        AttachedQueue attached = Attach(queue, options.CreateIfMissing);
        return new FolderProducer(
            attached.Folder, attached.Log, attached.IsNew, _options.Time, options);
    });

    /// <inheritdoc />
    public ValueTask<IQueueConsumer> OpenConsumerAsync(
        QueueName queue, ConsumerOptions options, CancellationToken cancellation) => Run<IQueueConsumer>(() =>
    {
        AttachedQueue attached = Attach(queue, options.CreateIfMissing);
        try
        {
            long? startedAt = GroupBirth.TryCreate(
                attached.Folder,
                attached.Log,
                options.Group,
                options.Start ?? StartPosition.First,
                out long offset)
                ? offset
                : null;
            if (startedAt is null && options.Start is StartPosition start)
                startedAt = GroupBirth.Move(attached.Folder, attached.Log, options, start);
            return FolderConsumer.Open(attached, options, startedAt, _options.Time);
        }
        catch
        {
            attached.Dispose();
            throw;
        }
    });

    /// <inheritdoc />
    public ValueTask<QueueInspection?> VerifyAsync(QueueName queue, CancellationToken cancellation) =>
        InFolder(queue, folder => QueueInspector.Describe(QueueSurvey.Of(queue, folder, _options)));

    /// <inheritdoc />
    public ValueTask<RepairReport?> RepairAsync(QueueName queue, bool dryRun, CancellationToken cancellation) =>
        InFolder(queue, folder =>
        {
            var repair = new QueueRepair(queue, folder, _options);
            return dryRun ? repair.Plan() : repair.Run();
        });

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private AttachedQueue Attach(QueueName queue, bool create)
    {
        using IDirectory? store = create ? OpenStore() : TryOpenStore();
        bool created = false;
        while (store is not null)
        {
            if (create && store.TryStatus(queue.ToString()) is null)
            {
                RefuseReserved(queue);
                created = new QueueLifecycle(store, _options).TryCreate(queue, new QueueSettings());
            }

            if (AttachedQueue.TryAttach(store, queue, created, _options) is AttachedQueue attached) return attached;
            if (!create) break;
        }

        throw NotFound(queue);
    }

    private QueueFolder Require(QueueName queue)
    {
        using IDirectory? store = TryOpenStore();
        return (store is null ? null : QueueFolder.TryOpen(store, queue, _options)) ?? throw NotFound(queue);
    }

    private ValueTask<T> InQueue<T>(QueueName queue, Func<AttachedQueue, T> work) => Run(() =>
    {
        using AttachedQueue attached = Attach(queue, create: false);
        return work(attached);
    });

    /// <summary>Works on a queue's folder, whatever state it is in; null when there is none.</summary>
    private ValueTask<T?> InFolder<T>(QueueName queue, Func<IDirectory, T> work)
        where T : class => Run(() =>
    {
        using IDirectory? store = TryOpenStore();
        if (store is null || !QueueFolder.IsQueue(store, queue.ToString())) return null;
        using IDirectory? folder = store.TryOpenDirectory(queue.ToString());
        return folder is null ? null : work(folder);
    });

    private IDirectory? TryOpenStore()
    {
        IDirectory? store = StoreFolder.TryOpen(
            _options.Files, _path, _options.AllowUnsafeFileSystem, out string? warning);
        Warn(warning);
        return store;
    }

    private IDirectory OpenStore()
    {
        IDirectory store = StoreFolder.OpenOrCreate(
            _options.Files, _path, _options.AllowUnsafeFileSystem, out string? warning);
        Warn(warning);
        return store;
    }

    private void Warn(string? warning)
    {
        if (warning is null || _warned) return;
        _warned = true;
        _options.Warn?.Invoke(warning);
    }

    private FiqException NotFound(QueueName queue) =>
        new(ErrorCode.QueueNotFound, $"no queue \"{queue}\" in {_path}") { Queue = queue.ToString() };

    private static void RefuseReserved(QueueName queue)
    {
        if (!queue.IsDead) return;
        throw new FiqException(
            ErrorCode.BadRequest,
            $"\"{queue}\" ends in {QueueName.DeadSuffix}, which is reserved for dead letters",
            "Choose another name.");
    }

    // A largest message that is not stated is the largest that there is, unless the store says otherwise.
    private static bool AreSame(QueueSettings left, QueueSettings right)
    {
        var stated = new QueueLimits { MessageBytesMax = Message.BodySizeMax };
        return left with { Limits = left.Limits.Over(stated) } == right with { Limits = right.Limits.Over(stated) };
    }

    private static ValueTask Completed(ValueTask<bool> done) =>
        done.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(done.AsTask());

    // Everything here is a matter of a few system calls; what waits (appending, leasing) is asynchronous by itself.
    private static ValueTask<T> Run<T>(Func<T> action)
    {
        try
        {
            return new ValueTask<T>(action());
        }
        catch (FileSystemException error)
        {
            return ValueTask.FromException<T>(error.ToFiqException());
        }
        catch (FiqException error)
        {
            return ValueTask.FromException<T>(error);
        }
    }
}
