using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// One process's membership in a group: it claims messages, settles them, and takes over from members that died or
/// hang. <see cref="TryStart"/>, <see cref="Finish"/>, <see cref="Holds"/> and <see cref="Beat"/> may be called from
/// any thread at any time; the rest takes the group's lock, one thread at a time.
/// </summary>
internal sealed class ConsumerGroup : IDisposable
{
    private readonly IDirectory _folder;
    private readonly GroupOptions _options;
    private readonly TimeProvider _time;
    private readonly GroupClock _clock;
    private readonly GroupAttachment _attachment;
    private readonly GroupFlusher _flusher;
    private readonly Members _members;
    private readonly Settlements _settlements;
    private EntryOwner _owner;
    private bool _disposed;

    private ConsumerGroup(IDirectory folder, GroupContext context, GroupOptions options)
    {
        _folder = folder;
        _options = options;
        _time = context.Time;
        _clock = new GroupClock(_time);
        Members? joined = null;
        _attachment = GroupAttachment.Open(folder, context, options, (opened, table) =>
        {
            joined = new Members(opened.File, opened.Memory, _time, options.HeartbeatLimit);
            Join(table, joined);
        });
        _members = joined!;
        Admission = new Admission(_attachment.Door, _clock);
        var header = new OffsetFileHeader(context.QueueId, _attachment.Identity.Generation, context.NameHash);
        var writer = new OffsetFileWriter(folder, header);
        _flusher = new GroupFlusher(
            _attachment.Door,
            _attachment.File,
            writer,
            () => TableRebuild.ReadOffsets(folder, context.QueueId, context.NameHash),
            folder.Path,
            _time,
            options.LockWait);
        _settlements = new Settlements(_clock, _flusher.Retries);
    }

    /// <summary>Whether another member holds leases: then it is worth asking <see cref="Reap"/>.</summary>
    public bool OthersHoldLeases
    {
        get
        {
            var pending = Word(TableWord.Cursor) - Word(TableWord.SettledMessages) - Word(TableWord.Returned)
                - Word(TableWord.Delayed) - Word(TableWord.Retrying) - Word(TableWord.Blocked)
                - Word(TableWord.Unexamined);
            return pending != (long)Memory.Load64(TableLayout.SlotAt(_members.Own) + Slot.LeasedWord);
        }
    }

    /// <summary>Whether something settled is not on disk yet.</summary>
    public bool NeedsFlush =>
        Word(TableWord.JournalHead) != Word(TableWord.JournalTail)
        || Word(TableWord.SnapshotsWanted) != Word(TableWord.SnapshotsDone)
        || !_flusher.Retries.IsEmpty;

    /// <summary>Whether messages with equal keys come one at a time, in order.</summary>
    public bool IsOrdered => Word(TableWord.Ordered) != 0;

    /// <summary>Nothing at or above this offset has been taken, or looked at.</summary>
    public long Cursor => Word(TableWord.Cursor);

    /// <summary>How long until the first of those that wait may be taken; null when none waits.</summary>
    public TimeSpan? UntilDue => Word(TableWord.NextDue) is var due and not 0 ? _clock.Until(due) : null;

    /// <summary>Everything below is settled, and that is on disk; as last published by any member.</summary>
    public long DurableFloor => Word(TableWord.DurableFloor);

    /// <summary>What is told of messages before they are taken.</summary>
    public Admission Admission { get; }

    /// <summary>How many settlements of this member were refused because the lease was lost.</summary>
    public long LostSettlements => _settlements.Lost;

    private ISharedMemory Memory => _attachment.Memory;

    private ulong Random => _attachment.Identity.Random;

    /// <summary>
    /// Joins the group whose files lie in this folder, which stays the caller's and stays open as long as the
    /// membership: another member may put a new offset file into it at any time.
    /// </summary>
    /// <exception cref="BusyException">A lock is held by another process for too long.</exception>
    /// <exception cref="DamagedException">The offset file is damaged.</exception>
    public static ConsumerGroup Attach(IDirectory groupFolder, GroupContext context, GroupOptions options)
    {
        try
        {
            return new ConsumerGroup(groupFolder, context, options);
        }
        catch (FileSystemException error)
        {
            throw error.ToFiqException();
        }
    }

    /// <summary>
    /// Takes up to <paramref name="countMax"/> messages below <paramref name="readable"/>: by priority, then by
    /// offset. Empty when there is none, or the group is stopped. In an ordered group only those that were let in.
    /// </summary>
    public IReadOnlyList<Lease> Claim(int countMax, long readable)
    {
        using var inside = _attachment.Door.Enter();
        _members.Beat();
        if (inside.Table[TableWord.Stopped] != 0)
            return [];
        _settlements.RunPostponed(inside.Table, Random);
        new WaitingEntries(inside.Table, _clock).LetGo();
        return new Claim(inside.Table, Random, _owner).Take(countMax, readable);
    }

    /// <summary>Marks a message as started, which counts as an attempt if we die. False: the lease was lost.</summary>
    public bool TryStart(LeaseToken token, long offset) => Held(token).TryStart(offset);

    /// <summary>Takes that mark away: what is done and not yet settled costs no attempt if we die.</summary>
    public void Finish(LeaseToken token, long offset) => Held(token).Finish(offset);

    /// <summary>Whether we still have the right to settle this message.</summary>
    public bool Holds(LeaseToken token, long offset) => Held(token).Holds(offset);

    /// <summary>
    /// Settles, hands back, or lets come again later; tells for each whether it was accepted. When
    /// it returns, what was accepted survives
    /// the death of every process. Keep the items of one token together: they cost one step then.
    /// </summary>
    public void Settle(ReadOnlySpan<SettledOffset> settled, Span<bool> accepted)
    {
        if (settled.IsEmpty)
            return;
        using var inside = _attachment.Door.Enter();
        _settlements.Run(inside.Table, Random, settled, accepted);
    }

    /// <summary>Settles messages that nobody holds, without a delivery.</summary>
    public T Discard<T>(Func<Discard, T> what)
    {
        using var inside = _attachment.Door.Enter();
        return what(new Discard(inside.Table));
    }

    /// <summary>Frees the leases of members that are dead or hang; returns how many messages came free.</summary>
    public int Reap()
    {
        if (Word(TableWord.Revoked) == 0 && _members.Silent().Count == 0)
            return 0;
        using var inside = _attachment.Door.Enter();
        return FreeSilent(inside.Table, _members);
    }

    /// <summary>Says that we live.</summary>
    public void Beat() => _members.Beat();

    /// <summary>
    /// Makes everything settled until now durable; returns the durable floor. Throws when the disk fails: then
    /// nothing is claimed until a later flush succeeds.
    /// </summary>
    public long Flush() => _flusher.Flush();

    /// <summary>The group as it stands.</summary>
    public GroupStatus Status(long readable)
    {
        using var inside = _attachment.Door.Enter();
        return GroupView.Of(inside.Table, readable, _clock, _members.IsDead);
    }

    /// <summary>Throws when the lease table's file was deleted or replaced.</summary>
    public void CheckIdentity() => _attachment.CheckIdentity(_folder);

    /// <summary>
    /// Hands back what we hold, without counting attempts, flushes, and frees the slot; returns the durable floor.
    /// </summary>
    public long Leave()
    {
        try
        {
            using (var inside = _attachment.Door.Enter())
            {
                _settlements.RunPostponed(inside.Table, Random);
                new Reap(inside.Table).HandBack(_members.Own);
            }

            var floor = _flusher.Flush();
            using (var inside = _attachment.Door.Enter())
            {
                FreeSlot(inside.Table, _members.Own);
                inside.Table.Commit();
            }

            return floor;
        }
        finally
        {
            Abandon();
        }
    }

    /// <summary>Leaves, if it has not left.</summary>
    public void Dispose()
    {
        if (!_disposed)
            Leave();
    }

    /// <summary>Closes the descriptors and does nothing else, as if the process had been killed.</summary>
    public void Abandon()
    {
        _disposed = true;
        _flusher.Dispose();
        _attachment.Dispose();
    }

    private static int FreeSilent(LeaseTable table, Members members)
    {
        var silent = members.Silent();
        var reap = new Reap(table);
        reap.Revoke(silent);
        var freed = reap.ReturnRevoked();
        foreach (var slot in silent.Where(members.IsDead))
            FreeSlot(table, slot);
        table.Commit();
        return freed;
    }

    private static void FreeSlot(LeaseTable table, int slot)
    {
        table.Put(slot, new Slot(false, table.Slot(slot).Incarnation, 0, 0, 0, 0, 0));
        table.CommitWhenFull();
    }

    private void Join(LeaseTable table, Members joined)
    {
        table.CheckState();
        FreeSilent(table, joined);
        if (_options.Ordered is { } ordered && ordered != table.IsOrdered)
            throw OtherOrder(table.IsOrdered);
        var slot = joined.TakeFree();
        if (slot < 0)
        {
            throw new FiqException(
                ErrorCode.Busy,
                $"{_folder.Path} has {TableLayout.SlotCount} members, and there is no place for more",
                "Use fewer processes with more workers each.");
        }

        joined.Own = slot;
        joined.Beat();
        var incarnation = table.Slot(slot).Incarnation + 1;
        var process = ProcessIdentity.Current;
        var since = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
        table.Put(slot, new Slot(true, incarnation, process.Pid, process.StartTicks, since, _options.Workers, 0));
        table.Commit();
        _owner = EntryOwner.Of(slot, incarnation);
    }

    private FiqException OtherOrder(bool ordered) => new(
        ErrorCode.GroupActive,
        $"group {_folder.Path} has consumers that {(ordered ? "go" : "do not go")} by the order of keys",
        $"Start this one {(ordered ? "with" : "without")} --ordered, too, or stop them first.");

    private HeldLease Held(LeaseToken token) => new(Memory, Random, token);

    private long Word(TableWord word) => (long)Memory.Load64(TableLayout.StateWordAt(word));
}
