using System.Collections.Concurrent;
using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>Members at work at the same time, with descriptors of their own; some die on the way.</summary>
public sealed class CrowdTests : IDisposable
{
    private const long Messages = 20_000;
    private readonly GroupRig _rig = new(time: TimeProvider.System);
    private readonly ConcurrentBag<long> _settled = [];
    private volatile bool _done;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Every_message_is_settled_exactly_once()
    {
        var workers = Enumerable.Range(0, 3).Select(seed => Task.Run(() => Work(new Random(seed)))).ToArray();
        var others = new[] { Task.Run(Die), Task.Run(Look) };
        try
        {
            await Task.WhenAll(workers);
        }
        finally
        {
            _done = true;
        }

        await Task.WhenAll(others);

        _settled.Order().Should().Equal(Enumerable.Range(0, (int)Messages).Select(offset => (long)offset));
        GroupReader.ReadDurableFloor(_rig.Folder, _rig.Context).Should().Be(Messages);
    }

    private void Work(Random random)
    {
        using var member = _rig.Attach();
        while (member.Status(Messages).Floor < Messages)
        {
            member.Reap();
            foreach (var lease in member.Claim(random.Next(1, 300), Messages))
                End(member, lease, random);
            if (random.Next(10) == 0)
                member.Flush();
        }
    }

    private void End(ConsumerGroup member, Lease lease, Random random)
    {
        var items = lease.Offsets()
            .Where(offset => member.TryStart(lease.Token, offset))
            .Select(offset => new SettledOffset(lease.Token, offset, 1, random.Next(4) != 0))
            .ToArray();
        var accepted = new bool[items.Length];
        member.Settle(items, accepted);
        accepted.All(one => one).Should().BeTrue("a living member keeps its leases");
        foreach (var item in items.Where(item => item.Done))
            _settled.Add(item.Offset);
    }

    private void Die()
    {
        var random = new Random(99);
        while (!_done)
        {
            var member = _rig.Attach();
            foreach (var lease in member.Claim(random.Next(1, 200), Messages).Take(1))
                End(member, lease, random);
            member.Abandon();
        }
    }

    /// <summary>An onlooker takes no lock and never sees anything half done.</summary>
    private void Look()
    {
        var before = 0L;
        while (!_done)
        {
            var status = _rig.Read(Messages);
            var unsettled = status.Unsettled.Sum(run => run.To - run.From);
            status.SettledMessages.Should().Be(status.Cursor - unsettled).And.BeGreaterThanOrEqualTo(before);
            (status.SettledMessages + status.Ready + status.Leased).Should().Be(Messages);
            before = status.SettledMessages;
        }
    }
}
