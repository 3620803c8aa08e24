using System.Runtime.CompilerServices;
using Fiq.Engine.Inspection;
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
    private readonly FolderStore _store;

    private FolderEngine(string path, FolderOptions options)
    {
        _path = path;
        _options = options;
        _store = new FolderStore(path, options);
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
            using IDirectory? store = _store.TryOpen();
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
        using QueueFolder folder = _store.Require(queue);
        try
        {
            return _store.WithDead(QueueDescriber.Describe(folder));
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
            FolderStore.RefuseReserved(queue);
            settings.Limits.Check();
            if (settings.UniqueKeys is { IsValid: false })
                throw new FiqException(
                    ErrorCode.BadRequest,
                    $"a window of unique keys has up to {UniqueKeyWindow.MessagesMax} messages or up to a year");
            if (settings.SegmentBytes < QueueSettings.SegmentBytesMin)
                throw new FiqException(
                    ErrorCode.BadRequest, $"a segment must have at least {QueueSettings.SegmentBytesMin} bytes");
            using IDirectory store = _store.OpenOrCreate();
            if (new QueueLifecycle(store, _options).TryCreate(queue, settings)) return true;
            using QueueFolder? folder = QueueFolder.TryOpen(store, queue, _options);
            if (folder is null)
                throw new FiqException(ErrorCode.Busy, $"queue \"{queue}\" is just being deleted", "Try again.");
            if (SettingsDifference.Refusal(queue, folder.File.Settings, settings) is { } refusal) throw refusal;
            return false;
        });

    /// <inheritdoc />
    public ValueTask DeleteAsync(QueueName queue, CancellationToken cancellation) => Completed(Run(() =>
    {
        using IDirectory? store = _store.TryOpen();
        return store is not null && new QueueLifecycle(store, _options).TryDelete(queue)
            ? true
            : throw _store.NotFound(queue);
    }));

    /// <inheritdoc />
    public ValueTask<bool> CreateGroupAsync(
        QueueName queue, GroupName group, StartPosition start, CancellationToken cancellation) =>
        InQueue(queue, attached => GroupBirth.TryCreate(attached.Folder, attached.Log, group, start, out _));

    /// <inheritdoc />
    public ValueTask SetAsync(QueueName queue, QueueLimits change, bool reset, CancellationToken cancellation) =>
        Completed(InQueue(queue, attached =>
        {
            FolderStore.RefuseReserved(queue);
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
        AttachedQueue attached = _store.Attach(queue, options.CreateIfMissing);
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
        AttachedQueue attached = _store.Attach(queue, options.CreateIfMissing);
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
            return FolderConsumer.Open(attached, options, startedAt, () => _store.AttachDead(queue), _options);
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
        using FolderDeadLetters letters = await Run(() => _store.OpenDeadLetters(queue)).ConfigureAwait(false);
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
        // Letters have nothing to do with each other: those for which there is room go back.
        var options = new ProducerOptions { CreateIfMissing = false, StopAtFailure = true, StoreWhatFits = true };
        IQueueProducer producer = await OpenProducerAsync(queue, options, cancellation).ConfigureAwait(false);
        var sent = new List<DeadLetter>();
        int gone = 0;
        try
        {
            await FolderDeadLetters.SendBackAsync(letters, producer, sent, cancellation).ConfigureAwait(false);
        }
        finally
        {
            // Whatever became of the others: what is back must not be sent once more.
            if (sent.Count > 0) gone = await PurgeDeadLettersAsync(queue, sent, default).ConfigureAwait(false);
        }

        return gone;
    }

    /// <inheritdoc />
    public ValueTask<int> PurgeDeadLettersAsync(
        QueueName queue, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation) => Run(() =>
    {
        using (FolderDeadLetters box = _store.OpenDeadLetters(queue)) return box.Remove(letters);
    });

    /// <inheritdoc />
    public ValueTask<long> PurgeAsync(QueueName queue, CancellationToken cancellation) => Run(() =>
    {
        using AttachedQueue attached = _store.Attach(queue, create: false);
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

    private ValueTask<T> InQueue<T>(QueueName queue, Func<AttachedQueue, T> work) => Run(() =>
    {
        using AttachedQueue attached = _store.Attach(queue, create: false);
        return work(attached);
    });

    /// <summary>Works on a queue's folder, whatever state it is in; null when there is none.</summary>
    private ValueTask<T?> InFolder<T>(QueueName queue, Func<IDirectory, T> work)
        where T : class => Run(() =>
    {
        using IDirectory? store = _store.TryOpen();
        if (store is null || !QueueFolder.IsQueue(store, queue.ToString())) return null;
        using IDirectory? folder = store.TryOpenDirectory(queue.ToString());
        return folder is null ? null : work(folder);
    });

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
