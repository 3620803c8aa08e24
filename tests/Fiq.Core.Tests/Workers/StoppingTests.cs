using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class StoppingTests
{
    private readonly MemoryConsumer _consumer = new();
    private readonly MemoryWriter _writer;
    private readonly GatedHandler _handler = new();

    public StoppingTests() => _writer = new MemoryWriter(_consumer);

    [Fact]
    public async Task A_stop_lets_running_work_finish_and_hands_the_rest_back()
    {
        _consumer.Add(20);
        Consumption run = Start(out Task<ConsumeSummary> ended, workers: 2);
        await Eventually.HoldsAsync(() => _handler.Started == 2, "two run");
        run.Stop().Messages.Should().Be(2);
        ended.IsCompleted.Should().BeFalse();
        _handler.Open();
        ConsumeSummary summary = await ended;
        summary.Reason.Should().Be(EndReason.Stopped);
        summary.Done.Should().Be(2);
        _handler.Started.Should().Be(2);
        (_consumer.Ready, _consumer.Leased).Should().Be((18, 0));
        _consumer.Events[^1].Should().Be("dispose");
    }

    [Fact]
    public async Task What_declares_more_than_the_grace_is_handed_back_at_once_and_the_rest_finishes()
    {
        _consumer.Add(1, TimeSpan.FromSeconds(60));
        _consumer.Add(1, TimeSpan.FromSeconds(20));
        Consumption run = Start(out Task<ConsumeSummary> ended, workers: 2);
        await Eventually.HoldsAsync(() => _handler.Started == 2, "both run");
        Finishing finishing = run.Stop();
        finishing.Messages.Should().Be(1);
        finishing.Longest.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(20));
        await Eventually.HoldsAsync(() => _consumer.CountOf("release 0") == 1, "the long one goes back");
        ended.IsCompleted.Should().BeFalse();
        _handler.Open();
        (await ended).Done.Should().Be(1);
    }

    [Fact]
    public async Task When_the_grace_is_over_what_still_runs_is_handed_back()
    {
        _consumer.Add(2);
        Consumption run = Start(out Task<ConsumeSummary> ended, workers: 2, graceMilliseconds: 30);
        await Eventually.HoldsAsync(() => _handler.Started == 2, "both run");
        run.Stop().Messages.Should().Be(2);
        ConsumeSummary summary = await ended;
        (summary.Done, summary.HandedBack).Should().Be((0, 2));
        _consumer.Ready.Should().Be(2);
    }

    [Fact]
    public async Task A_second_stop_hands_back_at_once()
    {
        _consumer.Add(5);
        Consumption run = Start(out Task<ConsumeSummary> ended, workers: 3);
        await Eventually.HoldsAsync(() => _handler.Started == 3, "three run");
        run.Stop();
        run.StopNow();
        (await ended).HandedBack.Should().BeInRange(3, 5);
        (_consumer.Ready, _consumer.Leased).Should().Be((5, 0));
    }

    [Fact]
    public async Task A_message_handed_back_costs_no_attempt()
    {
        _consumer.Add(1);
        Consumption first = Start(out Task<ConsumeSummary> ended, workers: 1);
        await Eventually.HoldsAsync(() => _handler.Started == 1, "it runs");
        first.StopNow();
        await ended;
        (await _consumer.LeaseAsync(1, TimeSpan.Zero, default))[0].Attempt.Should().Be(1);
    }

    [Fact]
    public async Task Messages_that_wait_behind_long_work_are_handed_back_for_others()
    {
        // Tiny messages raise the prefetch; then one turns out to be long and the others would wait behind it.
        _handler.IsOpen = true;
        _consumer.Add(50);
        Consumption run = Start(out Task<ConsumeSummary> ended, workers: 1);
        await Eventually.HoldsAsync(() => _consumer.CountOf("done") == 50, "the tiny ones are done");
        _handler.IsOpen = false;
        _consumer.Add(10);
        await Eventually.HoldsAsync(() => _handler.Running.Any(), "one turns out long");
        await Eventually.HoldsAsync(() => _consumer.Leased == 1, "the others went back");
        _handler.Open();
        await Eventually.HoldsAsync(() => _consumer.CountOf("done") == 60, "all done in the end");
        run.StopNow();
        await ended;
        _writer.Offsets.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Stopping_twice_or_after_the_end_does_no_harm()
    {
        Consumption run = Start(out Task<ConsumeSummary> ended, workers: 1);
        run.Stop();
        run.Stop();
        (await ended).Reason.Should().Be(EndReason.Stopped);
        run.StopNow();
        run.Stop().Messages.Should().Be(0);
    }

    private Consumption Start(out Task<ConsumeSummary> ended, int workers, int graceMilliseconds = 30_000)
    {
        var options = new ConsumptionOptions
        {
            Workers = workers,
            Grace = TimeSpan.FromMilliseconds(graceMilliseconds),
        };
        var run = new Consumption(_consumer, _handler, _writer, options);
        ended = run.RunAsync();
        return run;
    }
}
