using Fiq.Files;
using Fiq.Storage.Producers;

namespace Fiq.Storage;

/// <summary>
/// One process's membership in a queue's log: attached, recovered if nobody else vouched for it, ready to append and
/// to read. Appending is for one thread at a time; everything else is safe from several.
/// </summary>
internal sealed class QueueLog : IDisposable
{
    private readonly LogContext _context;
    private readonly IFile _control;
    private readonly ControlPage _page;
    private readonly ControlLocks _locks;
    private readonly TailSegment _tailSegment;
    private readonly Committer _committer;
    private readonly LogRecovery _recovery;
    private readonly Sealer _sealer;
    private readonly SpareFile _spare;
    private readonly AttachmentGuard _guard;
    private readonly AttachmentGuard _readerGuard;

    private QueueLog(LogContext context)
    {
        _context = context;
        _control = ControlFile.Open(context.Folder, writable: true);
        _page = new ControlPage(MapOrClose(_control));
        _locks = new ControlLocks(_control, _page, context);
        _tailSegment = new TailSegment(context, _page);
        _spare = new SpareFile(context, _locks);
        _sealer = new Sealer(context, _locks);
        _guard = new AttachmentGuard(context, _page, _control.Identity);
        _readerGuard = new AttachmentGuard(context, _page, _control.Identity);
        var syncer = new Syncer(_page, _locks, _tailSegment, context.Time);
        Producers = new ProducerLedger(_locks, _tailSegment);
        var roller = new Roller(context, _page, _locks, _tailSegment, syncer, _spare, Producers);
        var durability = new DurabilityWait(context, _page, _locks, syncer, roller, _guard);
        _committer = new Committer(context, _page, _locks, _tailSegment, roller, _guard, durability, Producers);
        _recovery = new LogRecovery(context, _page, _locks, _tailSegment, roller, _sealer);
    }

    /// <summary>The first place that is not yet durable. Readers stop there.</summary>
    public LogMark Watermark => _page.Watermark();

    /// <summary>The offset of the first message kept.</summary>
    public long FirstOffset => _page.FirstOffset;

    /// <summary>
    /// Messages that a recovery accepted and found no room to carry over: nobody sees them before somebody can.
    /// </summary>
    public long Unproven
    {
        get
        {
            LogMark tail = _page.Tail();
            return _page.Recovering == tail.Epoch ? Math.Max(0, tail.Offset - _page.Watermark().Offset) : 0;
        }
    }

    /// <summary>What is known of the producers that number their messages. Only while a commit is prepared.</summary>
    public ProducerLedger Producers { get; }

    /// <summary>Whether the queue was deleted.</summary>
    public bool IsDeleted => _page.Deleted;

    /// <summary>
    /// Joins the processes of a queue. Whoever is alone recovers the log first; until then nobody else gets in.
    /// </summary>
    /// <param name="context">The queue.</param>
    /// <param name="provenByGroups">
    /// Asked only when recovering: every offset below it was durable, as the groups' offset files prove.
    /// </param>
    /// <exception cref="DamagedException">Something that was durable is not there any more.</exception>
    /// <exception cref="BusyException">Another process is attaching, or another version of fiq is attached.</exception>
    public static QueueLog Attach(LogContext context, Func<long> provenByGroups)
    {
        var log = new QueueLog(context);
        try
        {
            log._locks.With(ControlLock.Attach, () => log.Join(provenByGroups));
            log._guard.Check();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Stores a commit and returns its first offset, once it is durable.</summary>
    /// <exception cref="FiqException">As <see cref="Committer.Commit"/>.</exception>
    public long Commit(ICommitSource source, IAdmission? admission = null) => _committer.Commit(source, admission);

    /// <inheritdoc cref="Committer.MoveProducer" />
    public void MoveProducer(ProducerMove move) => _committer.MoveProducer(move);

    /// <inheritdoc cref="Committer.TryEndSegment" />
    public bool TryEndSegment(Func<LogMark, bool> isWanted) => _committer.TryEndSegment(isWanted);

    /// <summary>
    /// Takes a producer's name for as long as this process is attached: two that number messages under one name would
    /// take each other's for duplicates.
    /// </summary>
    /// <exception cref="BusyException">Another process, or another attachment of this one, has it.</exception>
    public void HoldProducer(ProducerName name)
    {
        if (!_control.TryLock(ControlLayout.ProducerLockAt(name), exclusive: true))
            throw new BusyException($"producer \"{Printable.Escape(name.ToString())}\"", _page.ProducerHolder(name));
        _page.StoreProducerHolder(name, _context.Pid);
    }

    /// <summary>Whether, since that place, a segment has ended or is half full.</summary>
    public bool NeedsCare(in LogMark before)
    {
        LogMark now = _page.Watermark();
        long half = _context.SegmentBytesNow / 2;
        return now.Epoch != before.Epoch || (now.Position > half && before.Position <= half);
    }

    /// <summary>Seals the segments before the tail and makes a spare file. Nobody waits for it.</summary>
    public void Care()
    {
        LogMark tail = _page.Tail();
        // Its name may not be on disk: then its predecessor's end is where its own file says it is.
        if (_page.Failed == tail.Epoch) return;
        if (tail.Position > _context.SegmentBytesNow / 2) _spare.Prepare();
        _sealer.SealPredecessors(tail.Segment);
    }

    /// <summary>
    /// Makes sure, once a second, that the files are still the queue's. For whoever reads; one thread.
    /// </summary>
    /// <exception cref="FiqException">As <see cref="AttachmentGuard.Check"/>.</exception>
    public void CheckAttachment() => _readerGuard.Check();

    public LogReader OpenReader() => new(_context);

    public UrgentScan OpenUrgentScan() => new(_context);

    /// <summary>Begins to measure what is kept. One thread at a time.</summary>
    public KeptSegments OpenKept() => new(_context, _page);

    /// <summary>Begins to verify sealed segments; tells each damage once. One thread, which also disposes it.</summary>
    public SealedCheck OpenCheck(Action<DamagedException> found) => new(_context, _page, _locks, found);

    /// <summary>
    /// Sleeps until messages became durable or were handed back, or the time is over; unless <paramref name="ready"/>
    /// holds once the sleep is announced.
    /// </summary>
    public void SleepUnless(Func<bool> ready, TimeSpan limit) => _page.Readers.SleepUnless(ready, limit);

    /// <summary>The offset at which the second segment begins: below it the first one is not needed.</summary>
    public long FirstBoundary()
    {
        List<SegmentName> names = SegmentList.Read(_context.Folder);
        return names.Count > 1 ? names[1].BaseOffset : long.MaxValue;
    }

    /// <summary>
    /// Wakes every reader of the queue: messages were handed back, or this process must stop waiting.
    /// </summary>
    public void WakeReaders() => _page.Readers.WakeAlways();

    /// <summary>
    /// Deletes segments that lie wholly below a floor, oldest first; never the tail. Returns how many went.
    /// <paramref name="floor"/> is asked under the groups lock: the smallest synced floor of all groups. It is told the
    /// offset from which on everything is kept in any case.
    /// </summary>
    public int Trim(Func<long, long> floor) => WithGroupsLock(() =>
    {
        List<SegmentName> names = SegmentList.Read(_context.Folder);
        // Keys inside the window are found in the log: it is kept as far back.
        long kept = names.Count > 0
            ? KeyWindow.BeginOf(_context, names[0].BaseOffset, Watermark)
            : long.MaxValue;
        long limit = floor(kept);
        _page.Floor = limit;
        limit = Math.Min(limit, kept);
        // Whoever deletes a queue gives the lock back before its files are gone.
        if (_page.Deleted || names.Count == 0) return 0;
        _page.FirstOffset = names[0].BaseOffset;
        int count = 0;
        // A segment's end is its successor's word; equal bases are empty segments.
        while (count + 1 < names.Count && names[count + 1].BaseOffset <= limit
            && names[count + 1].Ordinal <= _page.Watermark().Epoch)
        {
            // First, because a group that begins at what is about to go would never find it.
            _page.FirstOffset = names[count + 1].BaseOffset;
            _context.Folder.TryUnlink(names[count].ToString());
            _context.Folder.Sync();
            count++;
            _page.Note(ProtocolEvent.Trimmed, names[count - 1].Ordinal, names[count].BaseOffset);
        }

        return count;
    });

    /// <summary>Runs something while no group is created, deleted or trimmed behind.</summary>
    public T WithGroupsLock<T>(Func<T> action)
    {
        _locks.Enter(ControlLock.Groups);
        try
        {
            return action();
        }
        finally
        {
            _locks.Exit(ControlLock.Groups);
        }
    }

    /// <summary>
    /// Marks the queue as deleted and calls <paramref name="remove"/> while nobody can append, sync or make groups;
    /// then wakes all. Nothing is acknowledged any more once it has returned.
    /// </summary>
    public void Delete(Action remove)
    {
        _locks.With(ControlLock.Groups, () =>
            _locks.With(ControlLock.Append, () =>
                _locks.With(ControlLock.Sync, () => DeleteWithAllLocks(remove))));
        _page.Appenders.WakeAlways();
        _page.Readers.WakeAlways();
    }

    /// <summary>Closes everything; the kernel frees what this process held, as it would at its death.</summary>
    public void Dispose()
    {
        _tailSegment.Dispose();
        _locks.Dispose();
        _page.Dispose();
        _control.Dispose();
    }

    private void DeleteWithAllLocks(Action remove)
    {
        _page.Deleted = true;
        try
        {
            remove();
            _page.Note(ProtocolEvent.Deleted, 0, 0);
        }
        catch
        {
            // It is still there under its name.
            _page.Deleted = false;
            throw;
        }
    }

    private void Join(Func<long> provenByGroups)
    {
        bool alone = _locks.TryHold(ControlLock.Members, exclusive: true);
        if (alone) _recovery.RunAlone(provenByGroups());
        if (!_locks.TryHold(ControlLock.Members, exclusive: false))
            throw new BusyException("the queue", _page.Holder(ControlLock.Members));
        if (!alone) RequireOurPage();
        _page.StoreHolder(ControlLock.Members, _context.Pid);
        if (!alone) _page.Note(ProtocolEvent.Attached, _context.Pid, 0);
    }

    private void RequireOurPage()
    {
        if (_page.Belongs(_context.QueueId, _context.BootId, out uint layout)) return;
        throw layout != ControlLayout.Version
            ? new FiqException(
                ErrorCode.Busy,
                $"process {_page.Holder(ControlLock.Members)} runs a fiq with page layout {layout}, this one has "
                    + ControlLayout.Version,
                "End the processes of the other version first.")
            : new DamagedException(
                ControlFile.Name, 0, ControlLayout.Size, "processes are attached to it, but it is not valid");
    }

    private static ISharedMemory MapOrClose(IFile control)
    {
        try
        {
            return ControlFile.Map(control, writable: true);
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }
}
