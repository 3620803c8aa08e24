using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class StopRuleTests
{
    private readonly MemoryConsumer _consumer = new();
    private readonly MemoryWriter _writer;
    private readonly GatedHandler _handler = new() { IsOpen = true };

    public StopRuleTests() => _writer = new MemoryWriter(_consumer);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(7, 4)]
    [InlineData(500, 64)]
    public async Task Count_claims_no_more_than_that_many(int count, int workers)
    {
        _consumer.Add(1_000);
        ConsumeSummary summary = await RunAsync(new StopRule { Count = count }, workers);
        summary.Reason.Should().Be(EndReason.Count);
        summary.Done.Should().Be(count);
        (_consumer.Claims - _consumer.CountOf("release")).Should().Be(count);
        _consumer.Ready.Should().Be(1_000 - count);
    }

    [Theory]
    [InlineData(0, EndReason.Empty)]
    [InlineData(3, EndReason.Paused)]
    public async Task A_run_until_empty_does_not_wait_for_what_is_paused(int waiting, EndReason reason)
    {
        _consumer.Paused = true;
        _consumer.Add(waiting);
        ConsumeSummary summary = await RunAsync(new StopRule { UntilEmpty = true }, 1);
        (summary.Reason, summary.Done).Should().Be((reason, 0));
    }

    [Fact]
    public async Task A_lease_lost_does_not_count()
    {
        _handler.IsOpen = false;
        _consumer.Add(3);
        Consumption run = Start(new StopRule { Count = 2 }, 2, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _handler.Started == 2, "two run");
        _consumer.TakeAway(0);
        _handler.Open();
        ConsumeSummary summary = await ended;
        (summary.Done, summary.LeasesLost).Should().Be((2, 1));
    }

    [Fact]
    public async Task Until_empty_ends_at_once_when_there_is_nothing()
    {
        ConsumeSummary summary = await RunAsync(new StopRule { UntilEmpty = true }, 4);
        summary.Reason.Should().Be(EndReason.Empty);
        summary.AnyCame.Should().BeFalse();
        (_consumer.LeaseCalls, _consumer.Describes).Should().Be((1, 1));
    }

    [Fact]
    public async Task Until_empty_waits_for_what_others_have_leased()
    {
        _consumer.LeasedByOthers = 1;
        _consumer.Add(2);
        Consumption run = Start(new StopRule { UntilEmpty = true }, 1, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _consumer.Describes > 2, "it looks again");
        ended.IsCompleted.Should().BeFalse();
        _consumer.Add(1);
        _consumer.LeasedByOthers = 0;
        (await ended).Done.Should().Be(3);
    }

    [Fact]
    public async Task Until_empty_waits_for_its_own_running_work()
    {
        _handler.IsOpen = false;
        _consumer.Add(1);
        Consumption run = Start(new StopRule { UntilEmpty = true }, 2, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _handler.Started == 1, "it runs");
        ended.IsCompleted.Should().BeFalse();
        _consumer.Describes.Should().Be(0);
        _handler.Open();
        (await ended).Done.Should().Be(1);
    }

    [Fact]
    public async Task Until_empty_counts_delayed_messages_and_does_not_wait_for_them()
    {
        _consumer.Delayed = 3;
        (await RunAsync(new StopRule { UntilEmpty = true }, 1)).Delayed.Should().Be(3);
    }

    [Fact]
    public async Task Until_empty_waits_for_delayed_messages_if_so_asked()
    {
        _consumer.Delayed = 3;
        var rule = new StopRule { UntilEmpty = true, WaitsForDelayed = true };
        Consumption run = Start(rule, 1, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _consumer.Describes > 2, "it looks again");
        ended.IsCompleted.Should().BeFalse();
        _consumer.Delayed = 0;
        (await ended).Reason.Should().Be(EndReason.Empty);
    }

    [Fact]
    public async Task An_empty_group_is_no_end_while_more_is_to_come()
    {
        var come = new TaskCompletionSource();
        var rule = new StopRule { UntilEmpty = true, After = come.Task };
        Consumption run = Start(rule, 1, out Task<ConsumeSummary> ended);
        _consumer.Add(2);
        await Eventually.HoldsAsync(() => _consumer.CountOf("done") == 2, "what came is done");
        (ended.IsCompleted, _consumer.Describes).Should().Be((false, 0));
        come.SetResult();
        ConsumeSummary summary = await ended;
        (summary.Reason, summary.Done).Should().Be((EndReason.Empty, 2));
    }

    [Fact]
    public async Task Idle_ends_when_nothing_came_for_that_long()
    {
        _consumer.Add(5);
        ConsumeSummary summary = await RunAsync(new StopRule { Idle = TimeSpan.FromMilliseconds(40) }, 2);
        summary.Reason.Should().Be(EndReason.Idle);
        (summary.Done, summary.AnyCame).Should().Be((5, true));
    }

    [Fact]
    public async Task Idle_says_when_nothing_came_at_all()
    {
        ConsumeSummary summary = await RunAsync(new StopRule { Idle = TimeSpan.FromMilliseconds(20) }, 2);
        summary.Reason.Should().Be(EndReason.Idle);
        summary.AnyCame.Should().BeFalse();
    }

    [Fact]
    public async Task Idle_does_not_run_while_every_worker_is_busy()
    {
        _handler.IsOpen = false;
        _consumer.Add(2);
        var rule = new StopRule { Idle = TimeSpan.FromMilliseconds(20) };
        Consumption run = Start(rule, 1, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _handler.Started == 1, "one runs");
        await Task.Delay(60);
        ended.IsCompleted.Should().BeFalse();
        _handler.Open();
        (await ended).Done.Should().Be(2);
    }

    [Fact]
    public async Task Rules_combine_and_the_first_to_hold_ends_the_run()
    {
        _consumer.Add(10);
        var both = new StopRule { Count = 4, UntilEmpty = true };
        (await RunAsync(both, 2)).Reason.Should().Be(EndReason.Count);
    }

    [Fact]
    public async Task An_idle_consumer_asks_once_waits_long_and_describes_nothing()
    {
        Consumption run = Start(StopRule.Never, 100, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _consumer.LeaseCalls > 0, "it has asked");
        await Task.Delay(100);
        _consumer.LeaseCalls.Should().Be(1);
        _consumer.LongestWait.Should().BeGreaterThan(TimeSpan.FromSeconds(1));
        _consumer.Describes.Should().Be(0);
        run.Stop();
        await ended;
    }

    private Consumption Start(StopRule rule, int workers, out Task<ConsumeSummary> ended)
    {
        var options = new ConsumptionOptions { Workers = workers, StopRule = rule };
        var run = new Consumption(_consumer, _handler, _writer, options);
        ended = run.RunAsync();
        return run;
    }

    private async Task<ConsumeSummary> RunAsync(StopRule rule, int workers)
    {
        Consumption run = Start(rule, workers, out Task<ConsumeSummary> ended);
        return await ended;
    }
}
