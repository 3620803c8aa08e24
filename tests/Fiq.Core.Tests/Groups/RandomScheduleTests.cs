using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>Members come, work, die and come back at random; a plain model says what must be.</summary>
public sealed class RandomScheduleTests : IDisposable
{
    private const int Steps = 3_000;
    private readonly GroupRig _rig = new();
    private readonly GroupModel _model = new();
    private readonly List<ConsumerGroup> _members = [];
    private Random _random = new(0);
    private long _readable;

    public void Dispose()
    {
        foreach (var member in _members)
            member.Abandon();
        _rig.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_121)]
    [InlineData(77)]
    public void Every_message_is_settled_once_or_pending_once(int seed)
    {
        _random = new Random(seed);
        for (var step = 0; step < Steps; step++)
            Step();
        EnsureMember();
        CollectTheDead();
        Drain();
        var member = _members[0];
        _model.Settled.Count.Should().Be((int)_readable);
        member.Flush().Should().Be(_readable);
        TableAudit.Check(_rig);
    }

    private void Step()
    {
        EnsureMember();
        _readable += _random.Next(20);
        var member = _members[_random.Next(_members.Count)];
        switch (_random.Next(100))
        {
            case < 30: Claim(member); break;
            case < 45: Start(member); break;
            case < 75: End(member); break;
            case < 80: Flush(member); break;
            case < 84: Join(); break;
            case < 87: Die(member); break;
            case < 90: Leave(member); break;
            case < 93: CollectTheDead(); break;
            case < 94: EveryoneDies(powerCut: false); break;
            case < 95: EveryoneDies(powerCut: true); break;
            default: Look(member); break;
        }
    }

    private void EnsureMember()
    {
        if (_members.Count == 0)
            Join();
    }

    private void Join()
    {
        if (_members.Count == 3)
            return;
        if (_members.Count == 0)
            _model.Rebuilt();
        _members.Add(_rig.Attach());
    }

    private void Claim(ConsumerGroup member)
    {
        var count = _random.Next(1, 200);
        _model.Claimed(member, member.Claim(count, _readable), count, _readable);
    }

    private void Start(ConsumerGroup member)
    {
        foreach (var (offset, token) in Some(member))
        {
            member.TryStart(token, offset).Should().BeTrue();
            _model.Started(offset);
        }
    }

    private void End(ConsumerGroup member)
    {
        var some = Some(member);
        var settled = some.Select(item => new SettledOffset(
            item.Token, item.Offset, item.Offset + 1, _random.Next(5) != 0)).ToArray();
        var accepted = new bool[settled.Length];
        member.Settle(settled, accepted);
        accepted.Should().AllBeEquivalentTo(true);
        foreach (var item in settled)
        {
            member.Holds(item.Token, item.Offset).Should().BeFalse();
            _model.Ended(item.Offset, item.Done);
        }
    }

    private void Flush(ConsumerGroup member)
    {
        member.Flush();
        _model.Flushed();
    }

    private void Die(ConsumerGroup member)
    {
        // Found by whoever joins or reaps next; here at once, so that the model need not follow who looked when.
        member.Abandon();
        _members.Remove(member);
        if (_members.Count > 0)
            _members[0].Reap().Should().Be(_model.Gone(member, counted: true));
        else
            _model.Gone(member, counted: true);
    }

    private void Leave(ConsumerGroup member)
    {
        member.Dispose();
        _members.Remove(member);
        _model.Gone(member, counted: false);
        _model.Flushed();
    }

    private void CollectTheDead() => _members[0].Reap().Should().Be(0);

    private void EveryoneDies(bool powerCut)
    {
        foreach (var member in _members)
        {
            member.Abandon();
            _model.Gone(member, counted: true);
        }

        _members.Clear();
        if (powerCut)
            _rig.Reboot();
        var status = _rig.Read(_readable);
        if (powerCut)
            _model.PowerCut(status);
        _model.Check(status, _readable);
        Join();
        _model.Flushed();
    }

    private void Look(ConsumerGroup member)
    {
        _model.Check(member.Status(_readable), _readable);
        _model.Check(_rig.Read(_readable), _readable);
        TableAudit.Check(_rig);
    }

    private void Drain()
    {
        foreach (var member in _members)
        {
            foreach (var (offset, token) in HeldBy(member))
                member.End(done: true, (token, offset)).Should().Equal(true);
            foreach (var (offset, _) in HeldBy(member))
                _model.Ended(offset, done: true);
        }

        while (_members[0].Claim(1_000, _readable) is { Count: > 0 } leases)
        {
            _model.Claimed(_members[0], leases, 1_000, _readable);
            foreach (var lease in leases)
            {
                _members[0].End(lease).Should().AllBeEquivalentTo(true);
                foreach (var offset in lease.Offsets())
                    _model.Ended(offset, done: true);
            }
        }
    }

    private (long Offset, LeaseToken Token)[] HeldBy(ConsumerGroup member) =>
        [.. _model.Leased.Where(pair => pair.Value.Member == member).Select(pair => (pair.Key, pair.Value.Token))];

    private (long Offset, LeaseToken Token)[] Some(ConsumerGroup member)
    {
        var held = HeldBy(member);
        _random.Shuffle(held);
        return held[..Math.Min(held.Length, _random.Next(150))];
    }
}
