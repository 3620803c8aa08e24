using System.Text;
using Fiq.Engine;
using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;
using Fiq.Tests.Doubles.Memory;
using Fiq.Tests.Engine;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Bytes;

/// <summary>
/// A small queue that has lived: segments that ended full, by a failed sync and by a recovery, footers, a group that
/// has settled nothing and one that has settled some. All processes have left it in order. Everything that lies in
/// it is known, so that whatever is made of a damaged copy can be judged.
/// </summary>
internal sealed class SampleQueue
{
    public const string Store = "/store";
    public const string Folder = "/store/orders";
    public const string DefaultGroup = "default";
    public const string AuditGroup = "audit";

    private const int ImageSize = 1100;

    private static readonly QueueName Name = QueueName.Parse("orders");

    private readonly Func<int, MemoryDisk, byte[]> _bodyOf;
    private readonly List<byte[]> _bodies = [];
    private readonly List<MemoryDisk> _moments = [];
    private ulong _random;
    private MemoryDisk _disk = new();

    private SampleQueue(ulong seed, Func<int, MemoryDisk, byte[]> bodyOf)
    {
        _random = seed << 32;
        _bodyOf = bodyOf;
    }

    /// <summary>The queue as it was left. Not to be changed: take a copy.</summary>
    public MemoryDisk Disk => _disk;

    /// <summary>What was acknowledged, by offset.</summary>
    public IReadOnlyList<byte[]> Bodies => _bodies;

    /// <summary>Offsets that the group `default` has settled.</summary>
    public SortedSet<long> Settled { get; } = [];

    /// <summary>Offsets that the group `default` has yet to see, or to see again.</summary>
    public IEnumerable<long> Unsettled =>
        Enumerable.Range(0, Bodies.Count).Select(i => (long)i).Where(offset => !Settled.Contains(offset));

    /// <summary>The disk at earlier moments, oldest first, each with nobody on it.</summary>
    public IReadOnlyList<MemoryDisk> Moments => _moments;

    /// <summary>The segments' paths, and for each where the log in it ends.</summary>
    public SortedDictionary<string, long> Segments { get; } = [];

    /// <summary>Where each batch begins, by its segment's path; the first is the checkpoint.</summary>
    public SortedDictionary<string, List<long>> Batches { get; } = [];

    /// <summary>The last segment's path.</summary>
    public string Tail => Segments.Keys.Last();

    /// <summary>Where the last batch begins, in the last segment.</summary>
    public long LastBatchAt => Batches[Tail][^1];

    /// <summary>Makes the smallest one: every bit of it can be tried.</summary>
    public static Task<SampleQueue> MakeSmallAsync(ulong seed = 1) =>
        MakeAsync(seed, 1100, (number, _) => Text(number, 8 + number % 7));

    /// <summary>Makes one whose segments are of several blocks.</summary>
    public static Task<SampleQueue> MakeLargeAsync() =>
        MakeAsync(1, 20_000, (number, _) => Text(number, 4500 + number * 37 % 700));

    /// <summary>Makes one whose messages are what lies in its own segments, at every alignment.</summary>
    public static Task<SampleQueue> MakeOfItselfAsync() => MakeAsync(1, 6000, Image);

    public static string OffsetsOf(string group) => $"{Folder}/groups/{group}/offset";

    /// <summary>Opens the store on a disk; as good as another process.</summary>
    public static FolderEngine Open(IFileSystem disk, Func<ulong>? random = null) => FolderEngine.Open(
        Store, new FolderOptions { Files = disk, Time = new ManualTime(), Random = random ?? RandomNumbers.Next });

    public static async Task<IQueueConsumer> ConsumerAsync(
        IFileSystem disk, string group, Func<ulong>? random = null) =>
        await Open(disk, random).OpenConsumerAsync(
            Name,
            new ConsumerOptions { Group = GroupName.Parse(group), CreateIfMissing = false },
            CancellationToken.None);

    public static async Task<IQueueProducer> ProducerAsync(IFileSystem disk, Func<ulong>? random = null) =>
        await Open(disk, random).OpenProducerAsync(
            Name, new ProducerOptions { CreateIfMissing = false }, CancellationToken.None);

    /// <summary>Opens the queue's folder, for what needs no engine around it.</summary>
    public static QueueFolder OpenFolder(IFileSystem disk)
    {
        using IDirectory store = disk.OpenDirectory(Store);
        return QueueFolder.TryOpen(store, Name, new FolderOptions { Files = disk, Time = new ManualTime() })!;
    }

    /// <summary>What a look says; it waits for nothing.</summary>
    public static QueueDescription Describe(IFileSystem disk) =>
        Open(disk).DescribeAsync(Name, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static async Task<SampleQueue> MakeAsync(
        ulong seed, long segmentBytes, Func<int, MemoryDisk, byte[]> bodyOf)
    {
        var sample = new SampleQueue(seed, bodyOf);
        await sample.CreateAsync(segmentBytes);
        await sample.AppendAsync(4);
        await sample.AppendOverFailedSyncAsync();
        await sample.SettleAsync(0, 1, 2, 4);
        await sample.AppendAsync(1);
        await sample.AppendAndDieAsync();
        await sample.SettleAsync(3, 5);
        await sample.AppendAsync(1);
        // Nobody comes to the room for dead letters here; it would only make copies slower.
        sample._disk.Remove($"{Folder}.dead");
        sample.Survey();
        return sample;
    }

    private async Task CreateAsync(long segmentBytes)
    {
        await Open(_disk, Draw).CreateAsync(Name, new QueueSettings(), CancellationToken.None);
        // Smaller segments than anybody can ask for: the whole of a queue of many is to be tried.
        using IDirectory folder = _disk.OpenDirectory(Folder);
        QueueFile file = QueueFile.Read(folder);
        folder.TryUnlink(QueueFile.Name);
        (file with { Settings = file.Settings with { SegmentBytes = segmentBytes } }).Create(folder);
        await Open(_disk, Draw).CreateGroupAsync(
            Name, GroupName.Parse(AuditGroup), StartPosition.First, CancellationToken.None);
        NextMoment();
    }

    private async Task AppendAsync(int count)
    {
        await using (IQueueProducer producer = await ProducerAsync(_disk, Draw))
            for (int i = 0; i < count; i++)
                await ProduceAsync(producer);
        NextMoment();
    }

    private async Task ProduceAsync(IQueueProducer producer)
    {
        Message message = NextMessage();
        long offset = (await producer.ProduceAsync([message], CancellationToken.None))[0].Offset;
        offset.Should().Be(_bodies.Count);
        _bodies.Add(message.Body.ToArray());
    }

    private async Task AppendOverFailedSyncAsync()
    {
        var faults = new Faults { ErrorOf = LogCalls.FailingOnce("fdatasync", Errno.InputOutput) };
        await using (IQueueProducer producer = await ProducerAsync(new FaultyFileSystem(_disk, faults), Draw))
            await ProduceAsync(producer);
        NextMoment();
    }

    private async Task AppendAndDieAsync()
    {
        var faults = new Faults();
        IQueueProducer producer = await ProducerAsync(new FaultyFileSystem(_disk, faults), Draw);
        faults.ErrorOf = (call, _) =>
        {
            // Two more stores: the idle copy of the tail, and its selector.
            if (call == "write") faults.KillAfter(2);
            return Errno.None;
        };
        Message message = NextMessage();
        Func<Task> produce = async () => await producer.ProduceAsync([message], CancellationToken.None);
        await produce.Should().ThrowAsync<KilledException>();
        // Written, not synced: recovery will find it whole, and keep it.
        _bodies.Add(message.Body.ToArray());
        NextMoment();
        await (await ConsumerAsync(_disk, AuditGroup, Draw)).DisposeAsync();
        NextMoment();
    }

    private async Task SettleAsync(params long[] offsets)
    {
        await using (IQueueConsumer consumer = await ConsumerAsync(_disk, DefaultGroup, Draw))
        {
            IReadOnlyList<Delivery> taken = await consumer.TakeAsync();
            await consumer.FinishAsync(taken.Where(each => offsets.Contains(each.Offset)));
        }

        Settled.UnionWith(offsets);
        NextMoment();
    }

    private Message NextMessage()
    {
        return new Message
        {
            Key = MessageKey.Parse("k"),
            Body = _bodyOf(_bodies.Count, _disk),
            ProcessingMicroseconds = 1000,
        };
    }

    private static byte[] Text(int number, int size)
    {
        var body = new StringBuilder($"m{number} ");
        while (body.Length < size) body.Append((char)('a' + body.Length * 7 % 26));
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private static byte[] Image(int number, MemoryDisk disk)
    {
        string segment = disk.Files(Folder).Last(file => file.Path.EndsWith(".log", StringComparison.Ordinal)).Path;
        return [.. new byte[number], .. disk.Read(segment).AsSpan(0, ImageSize)];
    }

    private void NextMoment()
    {
        // The copy has none of the locks that the dead or the living hold.
        _moments.Add(_disk);
        _disk = _disk.Copy();
    }

    private void Survey()
    {
        using IDirectory folder = _disk.OpenDirectory(Folder);
        List<SegmentName> names = SegmentList.Read(folder);
        ulong id = QueueFile.Read(folder).Id;
        foreach (SegmentName name in names)
        {
            using SegmentFile segment = SegmentFile.TryOpen(folder, name, id, writable: false)!;
            if (segment.Header.Previous.Ordinal > 0) EndAt(segment.Header.Previous.Position);
            string path = $"{Folder}/{name}";
            Batches[path] = [];
            using SegmentWalk walk = SegmentWalk.FromStart(segment);
            while (walk.TryNext(out BatchHeader header)) Batches[path].Add(header.Position);
            Segments[path] = walk.Position;
        }
    }

    // What stands behind the stated end was void: it does not exist.
    private void EndAt(long position)
    {
        Segments[Tail] = position;
        Batches[Tail].RemoveAll(batch => batch >= position);
    }

    private ulong Draw() => unchecked(Interlocked.Increment(ref _random) * 0x9E37_79B9_7F4A_7C15);
}
