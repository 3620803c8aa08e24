using Fiq.Cli.Tests.Doubles;
using Fiq.Cli.Top;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Top;

public sealed class FlowTests
{
    private readonly Flow _flow = new();

    [Fact]
    public void The_first_look_knows_no_flow()
    {
        QueueFrame frame = _flow.Next(Described.Queue(100, Described.Group(50, 5)), 0);
        frame.InPerSecond.Should().BeNull();
        GroupFlow flow = frame.Groups.Single();
        (flow.OutPerSecond, flow.EmptySeconds).Should().Be((null, null));
    }

    [Fact]
    public void What_flows_is_what_changed_since_the_last_look()
    {
        _flow.Next(Described.Queue(100, Described.Group(50, 5)), 0);
        QueueFrame frame = _flow.Next(Described.Queue(120, Described.Group(40, 4)), 2);
        frame.InPerSecond.Should().Be(10);
        frame.Groups.Single().OutPerSecond.Should().Be(15, "20 came and it became 10 less");
        frame.Groups.Single().EmptySeconds.Should().Be(8, "it becomes 5 less a second");
    }

    [Fact]
    public void A_backlog_that_does_not_get_less_has_no_end_and_an_empty_one_is_at_its_end()
    {
        _flow.Next(Described.Queue(100, Described.Group(50, 5), Described.Group(0, 0, "audit")), 0);
        QueueFrame frame = _flow.Next(Described.Queue(120, Described.Group(60, 4), Described.Group(0, 0, "audit")), 2);
        frame.Groups.Select(flow => flow.EmptySeconds).Should().Equal(null, 0);
    }

    [Fact]
    public void A_group_that_was_put_back_or_is_new_settles_nothing()
    {
        _flow.Next(Described.Queue(100, Described.Group(0, 0)), 0);
        QueueFrame frame = _flow.Next(Described.Queue(100, Described.Group(100, 1), Described.Group(5, 5, "audit")), 1);
        frame.Groups.Select(flow => flow.OutPerSecond).Should().Equal(0, null);
    }

    [Fact]
    public void A_syncs_latency_is_the_mean_of_those_since_the_last_look()
    {
        _flow.Next(Synced(syncs: 1_000, microseconds: 9_000_000), 0).Syncs.Should().BeNull();
        _flow.Next(Synced(1_008, 9_003_200), 2).Syncs.Should().Be(new SyncFlow(Milliseconds: 0.4, PerSecond: 4));
    }

    [Fact]
    public void Where_nothing_was_synced_there_is_no_latency()
    {
        _flow.Next(Synced(1_000, 9_000_000), 0);
        _flow.Next(Synced(1_000, 9_000_000), 1).Syncs.Should().Be(new SyncFlow(null, 0));
        _flow.Next(Synced(3, 1_500), 2).Syncs.Should().Be(new SyncFlow(null, 0), "the page was made anew");
        _flow.Next(Synced(4, 2_000), 3).Syncs.Should().Be(new SyncFlow(0.5, 1));
    }

    [Fact]
    public void A_count_of_syncs_that_wraps_around_goes_on()
    {
        _flow.Next(Synced(long.MaxValue, long.MaxValue - 999), 0);
        _flow.Next(Synced(long.MinValue + 1, long.MinValue), 1).Syncs.Should().Be(new SyncFlow(0.5, 2));
    }

    private static QueueDescription Synced(long syncs, long microseconds) =>
        Described.Queue(100) with { Syncs = syncs, SyncMicroseconds = microseconds };
}
