using Fiq.Files;
using Fiq.Groups;
using Fiq.Tests.Doubles;
using Fiq.Tests.Files;

namespace Fiq.Tests.Groups;

/// <summary>
/// A group in a folder of the real file system. Each member has descriptors of its own, so that to the kernel's locks
/// they are as good as processes.
/// </summary>
internal sealed class GroupRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(4711);

    public GroupRig(long start = 0, long microseconds = 0, TimeProvider? time = null)
    {
        Context = new GroupContext(0xF1F0, Guid.NewGuid(), time ?? Time, Draw);
        GroupFiles.Create(Folder, Context, new GroupStart(start, microseconds));
    }

    public ManualTime Time { get; } = new();

    public GroupContext Context { get; private set; }

    public IDirectory Folder => _folder.Directory;

    public string PathOf(string name) => _folder.PathOf(name);

    public ConsumerGroup Attach(IDirectory? folder = null) => ConsumerGroup.Attach(
        folder ?? Folder, Context, new GroupOptions(4, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)));

    public GroupStatus Read(long readable) => GroupReader.Read(Folder, Context, readable);

    /// <summary>The machine lost its power and came back: the lease table means nothing any more.</summary>
    public void Reboot() => Context = Context with { BootId = Guid.NewGuid() };

    public void Dispose() => _folder.Dispose();

    private ulong Draw()
    {
        lock (_random)
            return (ulong)_random.NextInt64();
    }
}

/// <summary>Short forms for tests.</summary>
internal static class GroupCalls
{
    public static IEnumerable<long> Offsets(this Lease lease) =>
        Enumerable.Range(0, 64).Where(i => (lease.Mask >> i & 1) == 1).Select(i => lease.Start + i);

    public static IEnumerable<long> Offsets(this IEnumerable<Lease> leases) => leases.SelectMany(Offsets);

    public static bool[] End(this ConsumerGroup group, Lease lease, bool done = true) =>
        group.End(done, [.. lease.Offsets().Select(offset => (lease.Token, offset))]);

    public static bool[] End(this ConsumerGroup group, bool done, params (LeaseToken Token, long Offset)[] items)
    {
        var accepted = new bool[items.Length];
        // Each message declares as many microseconds as its offset says, plus one.
        if (items.Length == 0)
            return [];
        var ends = items.Select(item => new SettledOffset(item.Token, item.Offset, item.Offset + 1, done));
        group.Settle(ends.ToArray(), accepted);
        return accepted;
    }
}
