using Fiq.Engine.Inspection;
using System.Runtime.CompilerServices;
using Fiq.Files;
using Fiq.Storage;

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
            RefuseOutOfRange(settings);
            using IDirectory store = OpenStore();
            if (new QueueLifecycle(store, _options).TryCreate(queue, settings)) return true;
            using QueueFolder? folder = QueueFolder.TryOpen(store, queue, _options);
            if (folder?.File.Settings == settings) return false;
            throw new FiqException(
                ErrorCode.QueueExistsDifferent,
                $"queue \"{queue}\" exists with other settings",
                "Delete it first, or use it as it is.")
            {
                Queue = queue.ToString(),
            };
        });

    /// <inheritdoc />
    public ValueTask DeleteAsync(QueueName queue, CancellationToken cancellation)
    {
        ValueTask<bool> deleted = Run(() =>
        {
            using IDirectory? store = TryOpenStore();
            return store is not null && new QueueLifecycle(store, _options).TryDelete(queue)
                ? true
                : throw NotFound(queue);
        });
        return deleted.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(deleted.AsTask());
    }

    /// <inheritdoc />
    public ValueTask<bool> CreateGroupAsync(
        QueueName queue, GroupName group, StartPosition start, CancellationToken cancellation) => Run(() =>
    {
        using AttachedQueue attached = Attach(queue, create: false);
        return GroupBirth.TryCreate(attached.Folder, attached.Log, group, start, out _);
    });

    /// <inheritdoc />
    public ValueTask<IQueueProducer> OpenProducerAsync(
        QueueName queue, ProducerOptions options, CancellationToken cancellation) => Run<IQueueProducer>(() =>
    {
        AttachedQueue attached = Attach(queue, options.CreateIfMissing);
        try
        {
            NamedProducer? named = options.Name is ProducerName name ? NamedProducer.Open(attached.Log, name) : null;
            return new FolderProducer(
                attached.Folder,
                attached.Log,
                attached.IsNew,
                _options.Time,
                options,
                named,
                KeyWindow.TryOpen(attached.Folder.Log));
        }
        catch
        {
            attached.Dispose();
            throw;
        }
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
            return FolderConsumer.Open(attached, options, startedAt, () => AttachDead(queue), _options);
        }
        catch
        {
            attached.Dispose();
            throw;
        }
    });

    /// <inheritdoc />
    public async IAsyncEnumerable<DeadLetter> ReadDeadLettersAsync(
        QueueName queue, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using FolderDeadLetters letters = await Run(() => OpenDeadLetters(queue)).ConfigureAwait(false);
        foreach (DeadLetter letter in letters.ReadOnce())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return letter;
        }
    }

    /// <inheritdoc />
    public async ValueTask<int> RetryDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation)
    {
        var options = new ProducerOptions { CreateIfMissing = false };
        IQueueProducer producer = await OpenProducerAsync(queue, options, cancellation).ConfigureAwait(false);
        await FolderDeadLetters.SendBackAsync(letters, producer, cancellation).ConfigureAwait(false);
        return await PurgeDeadLettersAsync(queue, letters, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<int> PurgeDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation) => Run(() =>
    {
        using (FolderDeadLetters box = OpenDeadLetters(queue)) return box.Remove(letters);
    });

    /// <inheritdoc />
    public ValueTask<long> PurgeAsync(QueueName queue, CancellationToken cancellation) => Run(() =>
    {
        using AttachedQueue attached = Attach(queue, create: false);
        return QueuePurge.Run(attached);
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

    private AttachedQueue AttachDead(QueueName queue)
    {
        using IDirectory store = OpenStore();
        return AttachedQueue.AttachDead(store, queue, _options);
    }

    private FolderDeadLetters OpenDeadLetters(QueueName queue)
    {
        Require(queue).Dispose();
        return new FolderDeadLetters(AttachDead(queue));
    }

    private QueueFolder Require(QueueName queue)
    {
        using IDirectory? store = TryOpenStore();
        return (store is null ? null : QueueFolder.TryOpen(store, queue, _options)) ?? throw NotFound(queue);
    }

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

    private static void RefuseOutOfRange(QueueSettings settings)
    {
        if (settings.MessageBytesMax is < 1 or > Message.BodySizeMax)
            throw new FiqException(
                ErrorCode.BadRequest, $"the largest message must have 1 to {Message.BodySizeMax} bytes");
        if (settings.UniqueKeys is { IsValid: false })
            throw new FiqException(
                ErrorCode.BadRequest,
                $"a window of unique keys has up to {UniqueKeyWindow.MessagesMax} messages or up to a year");
        if (settings.SegmentBytes < QueueSettings.SegmentBytesMin)
            throw new FiqException(
                ErrorCode.BadRequest, $"a segment must have at least {QueueSettings.SegmentBytesMin} bytes");
    }

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
