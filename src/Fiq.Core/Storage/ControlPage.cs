using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// The mapped page that all processes of a queue share: the tail, the watermark, and a few words. It holds no truth;
/// the comments say under which lock each value is stored.
/// </summary>
internal sealed class ControlPage : IDisposable
{
    private readonly ISharedMemory _page;
    private readonly SharedMark _tail;
    private readonly SharedMark _watermark;

    public ControlPage(ISharedMemory page)
    {
        _page = page;
        _tail = new SharedMark(page, ControlLayout.TailSelectorAt, ControlLayout.TailCopiesAt);
        _watermark = new SharedMark(page, ControlLayout.WatermarkSelectorAt, ControlLayout.WatermarkCopiesAt);
        Ends = new StatedEnds(page);
        Appenders = new Sleepers(page, ControlLayout.AppendersAt);
        Readers = new Sleepers(page, ControlLayout.ReadersAt);
    }

    /// <summary>The ends of the last segments.</summary>
    public StatedEnds Ends { get; }

    /// <summary>Those who wait for the append lock or for a sync.</summary>
    public Sleepers Appenders { get; }

    /// <summary>Those who wait for messages.</summary>
    public Sleepers Readers { get; }

    /// <summary>The epoch in which a sync is in progress; left set by a leader that died. Sync lock.</summary>
    public long Syncing
    {
        get => (long)_page.Load64(ControlLayout.SyncingAt);
        set => _page.Store64(ControlLayout.SyncingAt, (ulong)value);
    }

    /// <summary>The epoch in which a sync failed. Sync lock.</summary>
    public long Failed
    {
        get => (long)_page.Load64(ControlLayout.FailedAt);
        set => _page.Store64(ControlLayout.FailedAt, (ulong)value);
    }

    /// <summary>The epoch that a roller is about to begin; 0 when none is. Append and sync lock.</summary>
    public long Rolling
    {
        get => (long)_page.Load64(ControlLayout.RollingAt);
        set => _page.Store64(ControlLayout.RollingAt, (ulong)value);
    }

    /// <summary>
    /// The epoch whose unproven batches must all be carried over when it ends, because those who wrote them are dead.
    /// Stored while no other process is a member.
    /// </summary>
    public long Recovering
    {
        get => (long)_page.Load64(ControlLayout.RecoveringAt);
        set => _page.Store64(ControlLayout.RecoveringAt, (ulong)value);
    }

    /// <summary>Whether the queue was deleted. Groups, append and sync lock.</summary>
    public bool Deleted
    {
        get => _page.Load64(ControlLayout.DeletedAt) != 0;
        set => _page.Store64(ControlLayout.DeletedAt, value ? 1UL : 0UL);
    }

    /// <summary>The offset of the first message kept. Groups lock.</summary>
    public long FirstOffset
    {
        get => (long)_page.Load64(ControlLayout.FirstOffsetAt);
        set => _page.Store64(ControlLayout.FirstOffsetAt, (ulong)value);
    }

    /// <summary>The smallest synced floor of all groups, as last computed. Groups lock.</summary>
    public long Floor
    {
        get => (long)_page.Load64(ControlLayout.FloorAt);
        set => _page.Store64(ControlLayout.FloorAt, (ulong)value);
    }

    /// <summary>
    /// Every sealed segment up to this ordinal was verified in the running round; 0 at its beginning. Check lock.
    /// </summary>
    public long CheckedThrough
    {
        get => (long)_page.Load64(ControlLayout.CheckedThroughAt);
        set => _page.Store64(ControlLayout.CheckedThroughAt, (ulong)value);
    }

    /// <summary>When the running round began, in microseconds since 1970 UTC. Check lock.</summary>
    public long CheckBegan
    {
        get => (long)_page.Load64(ControlLayout.CheckBeganAt);
        set => _page.Store64(ControlLayout.CheckBeganAt, (ulong)value);
    }

    /// <summary>
    /// What syncs of appended data have cost so far. A report and no truth: it speaks from one look to the next.
    /// </summary>
    public SyncTotals Syncs => new(
        (long)_page.Load64(ControlLayout.SyncsAt), (long)_page.Load64(ControlLayout.SyncMicrosecondsAt));

    /// <summary>One past the last message written. Null: the page is damaged. Stored under the append lock.</summary>
    public LogMark? TryTail() => _tail.TryLoad();

    /// <summary>
    /// The first place that is not yet durable. Null: the page is damaged. Stored under the sync lock.
    /// </summary>
    public LogMark? TryWatermark() => _watermark.TryLoad();

    public LogMark Tail() => TryTail() ?? throw Broken("tail");

    public LogMark Watermark() => TryWatermark() ?? throw Broken("watermark");

    public void StoreTail(in LogMark mark) => _tail.Store(mark);

    public void StoreWatermark(in LogMark mark) => _watermark.Store(mark);

    /// <summary>The process that took a lock last; for messages only.</summary>
    public int Holder(ControlLock which) => (int)_page.Load32(HolderAt(which));

    public void StoreHolder(ControlLock which, int pid) => _page.Store32(HolderAt(which), (uint)pid);

    /// <summary>The process that opened a producer of this name last, or 0; for messages only.</summary>
    public int ProducerHolder(ProducerName name)
    {
        ulong word = _page.Load64(ProducerAt(name));
        return (uint)(word >> 32) == (uint)name.Hash ? (int)(uint)word : 0;
    }

    public void StoreProducerHolder(ProducerName name, int pid) =>
        _page.Store64(ProducerAt(name), ((ulong)(uint)name.Hash << 32) | (uint)pid);

    /// <summary>Counts a sync. Sync lock, so nobody else adds meanwhile.</summary>
    public void CountSync(long microseconds)
    {
        SyncTotals before = Syncs;
        _page.Store64(ControlLayout.SyncMicrosecondsAt, (ulong)(before.Microseconds + microseconds));
        _page.Store64(ControlLayout.SyncsAt, (ulong)(before.Count + 1));
    }

    /// <summary>Adds to the ring of events. A lost or mixed entry does no harm: they only tell a story.</summary>
    public void Note(ProtocolEvent what, long epoch, long offset)
    {
        uint number = _page.Add32(ControlLayout.EventCountAt, 1) - 1;
        int at = ControlLayout.EventsAt + (int)(number % ControlLayout.EventsCount) * 16;
        _page.Store64(at, ((ulong)epoch << 8) | (uint)what);
        _page.Store64(at + 8, (ulong)offset);
    }

    /// <summary>The events that are still there, oldest first. One that is being written may be mixed.</summary>
    public List<NotedEvent> Events()
    {
        uint count = _page.Load32(ControlLayout.EventCountAt);
        uint kept = Math.Min(count, ControlLayout.EventsCount);
        var events = new List<NotedEvent>((int)kept);
        for (uint number = count - kept; number != count; number++)
        {
            int at = ControlLayout.EventsAt + (int)(number % ControlLayout.EventsCount) * 16;
            ulong word = _page.Load64(at);
            events.Add(new NotedEvent(
                number, (ProtocolEvent)(byte)word, (long)(word >> 8), (long)_page.Load64(at + 8)));
        }

        return events;
    }

    /// <summary>The number of one kind of event among the last 256.</summary>
    public int CountEvents(ProtocolEvent what)
    {
        int count = 0;
        for (int i = 0; i < ControlLayout.EventsCount; i++)
            if ((byte)_page.Load64(ControlLayout.EventsAt + i * 16) == (byte)what) count++;
        return count;
    }

    /// <summary>Whether the page is of this layout and queue, and of this boot unless that does not matter.</summary>
    public bool Belongs(ulong queueId, Guid? bootId, out uint layoutVersion)
    {
        Span<byte> identity = stackalloc byte[ControlLayout.IdentityCrcAt + sizeof(uint)];
        _page.Read(0, identity);
        layoutVersion = BinaryPrimitives.ReadUInt32LittleEndian(identity[ControlLayout.VersionAt..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(identity) == ControlLayout.Magic
            && layoutVersion == ControlLayout.Version
            && BinaryPrimitives.ReadUInt64LittleEndian(identity[ControlLayout.QueueIdAt..]) == queueId
            && (bootId is null || new Guid(identity.Slice(ControlLayout.BootIdAt, 16)) == bootId)
            && BinaryPrimitives.ReadUInt32LittleEndian(identity[ControlLayout.IdentityCrcAt..])
                == Crc32C.Compute(identity[..ControlLayout.IdentityCrcAt]);
    }

    /// <summary>Which file the page believes to be the tail segment.</summary>
    public FileIdentity TailFile() =>
        new(_page.Load64(ControlLayout.TailDeviceAt), _page.Load64(ControlLayout.TailInodeAt));

    /// <summary>Remembers which file is the tail. A torn value only costs the next recovery a longer walk.</summary>
    public void StoreTailFile(FileIdentity tailFile)
    {
        _page.Store64(ControlLayout.TailDeviceAt, tailFile.Device);
        _page.Store64(ControlLayout.TailInodeAt, tailFile.Inode);
    }

    /// <summary>Which file the page was written into; in a copy of the folder it is in another one.</summary>
    public FileIdentity OwnFile() =>
        new(_page.Load64(ControlLayout.OwnDeviceAt), _page.Load64(ControlLayout.OwnInodeAt));

    /// <summary>Remembers which file this page is in. Only while no other process is a member.</summary>
    public void StoreOwnFile(FileIdentity control)
    {
        _page.Store64(ControlLayout.OwnDeviceAt, control.Device);
        _page.Store64(ControlLayout.OwnInodeAt, control.Inode);
    }

    /// <summary>Says whose page this is. Only while no other process is a member.</summary>
    public void StoreIdentity(ulong queueId, Guid bootId)
    {
        Span<byte> identity = stackalloc byte[ControlLayout.IdentityCrcAt + 8];
        identity.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(identity, ControlLayout.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(identity[ControlLayout.VersionAt..], ControlLayout.Version);
        BinaryPrimitives.WriteInt32LittleEndian(identity[ControlLayout.SizeAt..], ControlLayout.Size);
        BinaryPrimitives.WriteUInt64LittleEndian(identity[ControlLayout.QueueIdAt..], queueId);
        bootId.TryWriteBytes(identity.Slice(ControlLayout.BootIdAt, 16));
        BinaryPrimitives.WriteUInt32LittleEndian(
            identity[ControlLayout.IdentityCrcAt..], Crc32C.Compute(identity[..ControlLayout.IdentityCrcAt]));
        _page.Write(0, identity);
        _page.Fence();
    }

    public void Dispose() => _page.Dispose();

    private static int ProducerAt(ProducerName name) =>
        ControlLayout.ProducersAt + (int)((uint)name.Hash % ControlLayout.ProducersCount) * sizeof(ulong);

    private static int HolderAt(ControlLock which) => ControlLayout.HoldersAt + (int)which * sizeof(uint);

    private static DamagedException Broken(string what) =>
        new("control", 0, ControlLayout.Size, $"no copy of the {what} is valid; end all processes of this queue");
}
