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

    public ConsumerGroup Attach(IDirectory? folder = null, bool? ordered = false) => ConsumerGroup.Attach(
        folder ?? Folder,
        Context,
        new GroupOptions(4, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)) { Ordered = ordered });

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

    /// <summary>The attempt failed; the message comes again after a while.</summary>
    public static bool Fail(
        this ConsumerGroup group, Lease lease, long offset, TimeSpan delay, string error = "why", int? priority = null)
    {
        var accepted = new bool[1];
        group.Settle([Failure(lease, offset, delay) with { Error = error, Priority = priority }], accepted);
        return accepted[0];
    }

    /// <summary>All of them failed; each comes again a little after the one before it.</summary>
    public static bool[] FailAll(this ConsumerGroup group, Lease lease, TimeSpan delayMax)
    {
        var items = lease.Offsets().Select((offset, i) => Failure(lease, offset, delayMax - TimeSpan.FromTicks(i)))
            .ToArray();
        var accepted = new bool[items.Length];
        group.Settle(items, accepted);
        return accepted;
    }

    private static SettledOffset Failure(Lease lease, long offset, TimeSpan delay) =>
        new(lease.Token, offset, 0, Done: false)
        {
            Failed = true,
            Attempt = lease.AttemptsBefore + 1,
            Delay = delay,
            Error = "why",
        };

    /// <summary>Its time has not come: microseconds since 1970.</summary>
    public static bool[] Park(
        this ConsumerGroup group, Lease lease, Func<long, long> notBefore, Func<long, int>? priority = null)
    {
        var items = lease.Offsets().Select(offset => new SettledOffset(lease.Token, offset, 0, Done: false)
        {
            NotBefore = notBefore(offset),
            Priority = priority?.Invoke(offset) ?? 0,
        }).ToArray();
        var accepted = new bool[items.Length];
        group.Settle(items, accepted);
        return accepted;
    }

    /// <summary>Lets everything below an offset into an ordered group; keys by offset, 0 for none.</summary>
    public static void AdmitTo(this ConsumerGroup group, long readable, Func<long, ulong> key, int atATime = 100)
    {
        while (group.Admission.Unexamined(atATime, readable) is { Count: > 0 } pieces)
            group.Admission.TryAdmit(pieces, [.. Seen(pieces, key)]).Should().BeTrue();
    }

    public static IEnumerable<ExaminedMessage> Seen(IEnumerable<UnexaminedPiece> pieces, Func<long, ulong> key) =>
        from piece in pieces
        from i in Enumerable.Range(0, 64)
        where (piece.Mask >> i & 1) == 1
        select new ExaminedMessage(piece.Start + i, key(piece.Start + i), 0);

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
