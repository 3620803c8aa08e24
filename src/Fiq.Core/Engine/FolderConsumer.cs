using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>A process's membership in a group of a queue in a folder.</summary>
internal sealed class FolderConsumer : IQueueConsumer
{
    /// <summary>How often to look whether another member has died, while some has messages.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How often to look whether the files we have open are still the group's.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    // A waker may have died between its store and its call: nobody sleeps longer.
    private static readonly TimeSpan SleepMax = TimeSpan.FromSeconds(1);

    // What is due is let go by the claim: a sleep of no length would only spin until the clock has moved on.
    private static readonly TimeSpan SleepMin = TimeSpan.FromMilliseconds(1);

    private readonly QueueFolder _folder;
    // The group reopens its offset file in it, so it stays open as long as the membership.
    private readonly IDirectory _groupFolder;
    private readonly QueueLog _log;
    private readonly ConsumerGroup _group;
    private readonly Claimer _claimer;
    private readonly DeadLetterBox _letters;
    private readonly Settler _settler;
    private readonly Pulse _pulse;
    private readonly Trimmer _trimmer;
    private readonly Flusher _flusher;
    private readonly Checker? _checker;
    private readonly TimeProvider _time;
    private readonly bool _flushAtOnce;
    private readonly Waiter _waiter = new();
    private readonly Lock _claiming = new();
    private readonly Lock _closing = new();
    private volatile bool _interrupted;
    private bool _closed;
    private long _probedAt;
    private long _checkedAt;
    private bool _paused;
    private int _disposed;

    private FolderConsumer(
        QueueFolder folder,
        IDirectory groupFolder,
        QueueLog log,
        ConsumerGroup group,
        ConsumerOptions options,
        DeadLetterBox letters,
        TimeProvider time)
    {
        _folder = folder;
        _groupFolder = groupFolder;
        _log = log;
        _group = group;
        _time = time;
        _claimer = new Claimer(log, group, options.Group, time);
        _letters = letters;
        _settler = new Settler(folder.Name, group, letters);
        _flushAtOnce = options.FlushInterval <= TimeSpan.Zero;
        _trimmer = new Trimmer(folder, log, time);
        TimeSpan delay = _flushAtOnce ? TimeSpan.Zero : options.FlushInterval;
        _flusher = new Flusher(group, delay, _trimmer.FloorIs, _trimmer.Idle, time);
        _pulse = new Pulse(group, _flusher.Want);
        Action<DamagedException> tell = options.DamageFound ?? (_ => { });
        _checker = folder.ChecksAtRest ? new Checker(log.OpenCheck(tell)) : null;
        Group = options.Group;
    }

    public QueueName Queue => _folder.Name;

    public GroupName Group { get; }

    public bool QueueCreated { get; private init; }

    public long? GroupStartedAt { get; private init; }

    /// <summary>Joins a group.</summary>
    /// <param name="queue">The queue; owned by the consumer from here on.</param>
    /// <param name="options">How.</param>
    /// <param name="startedAt">Where the group began, when it is new.</param>
    /// <param name="openDead">Attaches to the queue of dead letters.</param>
    /// <param name="folderOptions">How the folder was opened.</param>
    public static FolderConsumer Open(
        AttachedQueue queue,
        ConsumerOptions options,
        long? startedAt,
        Func<AttachedQueue> openDead,
        FolderOptions folderOptions)
    {
        (QueueFolder folder, QueueLog log, bool created) = queue;
        IDirectory groupFolder = folder.TryOpenGroupDurably(options.Group)
            ?? throw new FiqException(ErrorCode.GroupNotFound, $"group \"{options.Group}\" was deleted");
        try
        {
            ConsumerGroup group = ConsumerGroup.Attach(
                groupFolder,
                folder.GroupOf(options.Group),
                new GroupOptions(options.Workers, options.HeartbeatLimit, ControlLocks.WaitLimit)
                {
                    Ordered = options.Ordered,
                });
            RequireNamed(folder, options.Group, groupFolder, group);
            var letters = new DeadLetterBox(folder.Name, options.Group, openDead, folderOptions);
            return new FolderConsumer(folder, groupFolder, log, group, options, letters, folderOptions.Time)
            {
                QueueCreated = created,
                GroupStartedAt = startedAt,
            };
        }
        catch
        {
            groupFolder.Dispose();
            throw;
        }
    }

    // Whoever deletes a group keeps members out until its name is gone. Who had opened the folder before is a member
    // of nothing.
    private static void RequireNamed(
        QueueFolder folder, GroupName name, IDirectory groupFolder, ConsumerGroup group)
    {
        if (folder.IsGroup(name, groupFolder.Identity)) return;
        group.Abandon();
        throw new FiqException(
            ErrorCode.GroupNotFound, $"group \"{name}\" was deleted", "Start again to create it anew.");
    }

    public ValueTask<IReadOnlyList<Delivery>> LeaseAsync(int countMax, TimeSpan wait, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        IReadOnlyList<Delivery> deliveries = TryClaim(countMax);
        if (deliveries.Count > 0 || wait <= TimeSpan.Zero || TakeInterrupt()) return new(deliveries);
        return new(_waiter.RunAsync(() => ClaimOrWait(countMax, wait, cancellation)));
    }

    public void Interrupt()
    {
        _interrupted = true;
        lock (_closing)
        {
            // Somebody may ask a consumer to stop that has just stopped by itself.
            if (!_closed) _log.WakeReaders();
        }
    }

    public bool TryStart(Delivery delivery) => _group.TryStart(delivery.Token, delivery.Offset);

    public void Finish(Delivery delivery) => _group.Finish(delivery.Token, delivery.Offset);

    public bool Holds(Delivery delivery) => _group.Holds(delivery.Token, delivery.Offset);

    public async ValueTask<IReadOnlyList<bool>> SettleAsync(
        IReadOnlyList<Settlement> settlements, CancellationToken cancellation)
    {
        bool[] accepted = await _settler.SettleAsync(settlements).ConfigureAwait(false);
        if (_flushAtOnce) _trimmer.FloorIs(_group.Flush());
        else _flusher.Want();
        // What was handed back may be what somebody waits for; so may the next message of a key.
        if (_group.IsOrdered || settlements.Any(end => end.Outcome == SettleOutcome.Release)) _log.WakeReaders();
        return accepted;
    }

    public ValueTask<GroupDescription> DescribeAsync(CancellationToken cancellation)
    {
        LogMark watermark = _log.Watermark;
        try
        {
            GroupStatus status = _group.Status(watermark.Offset);
            return new(QueueDescriber.Describe(
                _folder, Group, _groupFolder, status, watermark, _log.Unproven));
        }
        catch (DamagedException error)
        {
            throw error.In(_folder.Directory.Path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A run disposes its consumer when it ends, and whoever opened it does so too.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Interrupt();
        _waiter.Dispose();
        _pulse.Dispose();
        _checker?.Dispose();
        _flusher.Dispose();
        try
        {
            // Messages first: deleting may wait for others, and nobody shall wait for what we held.
            _trimmer.LastFloorIs(_group.Leave());
        }
        catch (Exception error) when (_log.IsDeleted && (error is FiqException or IOException))
        {
            // Converted into nothing: with the queue its progress is gone, and whoever waits for messages is told.
            return;
        }
        finally
        {
            // What was handed back may be what somebody waits for.
            _log.WakeReaders();
            lock (_closing) _closed = true;
            await _letters.DisposeAsync().ConfigureAwait(false);
            _groupFolder.Dispose();
            _claimer.Dispose();
            _log.Dispose();
            _folder.Dispose();
        }
    }

    private IReadOnlyList<Delivery> TryClaim(int countMax)
    {
        if (_log.IsDeleted) throw LogErrors.Deleted();
        if (_flusher.Failure is FiqException failure)
            throw new FiqException(failure.Code, failure.Message, failure.Hint, failure);
        lock (_claiming)
        {
            try
            {
                _log.CheckAttachment();
                if (_checkedAt == 0 || _time.GetElapsedTime(_checkedAt) >= CheckInterval)
                {
                    _group.CheckIdentity();
                    _paused = IsPaused();
                    _checkedAt = _time.GetTimestamp();
                }
                else if (_paused)
                {
                    // Whoever resumes wakes us, and then at once.
                    _paused = IsPaused();
                }

                ProbeOthers();
                return _paused ? [] : _claimer.Claim(countMax);
            }
            catch (FileSystemException error)
            {
                throw error.ToFiqException();
            }
            catch (DamagedException error)
            {
                throw error.In(_folder.Directory.Path);
            }
        }
    }

    private bool IsPaused()
    {
        _folder.Settings.Reload();
        return _folder.Settings.IsPaused || GroupPause.IsSet(_groupFolder);
    }

    private void ProbeOthers()
    {
        if (_probedAt != 0 && _time.GetElapsedTime(_probedAt) < ProbeInterval) return;
        _probedAt = _time.GetTimestamp();
        if (_group.OthersHoldLeases) _group.Reap();
    }

    /// <summary>Runs on the waiter's own thread: claims as soon as there is something, for as long as asked.</summary>
    private IReadOnlyList<Delivery> ClaimOrWait(int countMax, TimeSpan wait, CancellationToken cancellation)
    {
        long started = _time.GetTimestamp();
        IReadOnlyList<Delivery> deliveries = [];
        bool ended = false;
        bool HasEnded()
        {
            deliveries = TryClaim(countMax);
            ended = deliveries.Count > 0 || TakeInterrupt() || cancellation.IsCancellationRequested;
            return ended;
        }

        while (true)
        {
            TimeSpan sleep = _group.OthersHoldLeases ? ProbeInterval : SleepMax;
            if (_group.UntilDue is TimeSpan due && due < sleep) sleep = due > SleepMin ? due : SleepMin;
            TimeSpan left = wait - _time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return deliveries;
            // Claimed once more after the sleep is announced: what is appended or handed back from then on wakes us.
            _log.SleepUnless(HasEnded, sleep < left ? sleep : left);
            if (ended) return deliveries;
        }
    }

    private bool TakeInterrupt()
    {
        if (!_interrupted) return false;
        _interrupted = false;
        return true;
    }
}
