using Fiq.Cli.Tests.Doubles;
using Fiq.Cli.Top;

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
}
