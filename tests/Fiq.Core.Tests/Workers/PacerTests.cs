using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class PacerTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void The_first_may_start_at_once_and_the_next_after_its_share_of_time()
    {
        var pacer = new Pacer(5.0 / 60, _time);
        pacer.Available().Should().Be(1);
        pacer.Take(1);
        pacer.Available().Should().Be(0);
        pacer.UntilNext.Should().BeCloseTo(TimeSpan.FromSeconds(12), TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromSeconds(11.9));
        pacer.Available().Should().Be(0);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        pacer.Available().Should().Be(1);
    }

    [Fact]
    public void Time_that_was_not_used_gives_no_more_than_a_tenth_of_a_second_of_credit()
    {
        var pacer = new Pacer(100, _time);
        _time.Advance(TimeSpan.FromHours(1));
        pacer.Available().Should().Be(10);
        new Pacer(0.01, _time).Available().Should().Be(1);
    }

    [Fact]
    public void Whatever_is_asked_for_and_when_no_more_start_than_the_rate_and_its_credit()
    {
        var random = new Random(1);
        var pacer = new Pacer(100, _time);
        int started = 0;
        for (int step = 0; step < 10_000; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(20)));
            int count = Math.Min(pacer.Available(), random.Next(4));
            pacer.Take(count);
            started += count;
        }

        double seconds = (_time.GetTimestamp() - TimeSpan.TicksPerDay) / (double)TimeSpan.TicksPerSecond;
        started.Should().BeLessThanOrEqualTo((int)(100 * seconds) + 10).And.BeGreaterThan((int)(70 * seconds));
    }

    [Theory]
    [InlineData(1_000, 50)]
    [InlineData(3, 1)]
    public void A_portion_larger_than_the_credit_delays_the_next_one_by_its_share_of_time(double rate, int portion)
    {
        var pacer = new Pacer(rate, _time);
        pacer.PortionMax.Should().Be(portion);
        for (int i = 0; i < 10; i++)
        {
            pacer.Available().Should().BeGreaterThan(0);
            pacer.WaitAndTake(portion * 4);
            pacer.Available().Should().Be(0);
            pacer.UntilNext.Should().BeGreaterThan(TimeSpan.FromSeconds(portion * 2 / rate));
            _time.Advance(pacer.UntilNext);
        }

        double seconds = (_time.GetTimestamp() - TimeSpan.TicksPerDay) / (double)TimeSpan.TicksPerSecond;
        seconds.Should().BeApproximately(10 * portion * 4 / rate, 0.001);
    }

    [Fact]
    public async Task A_run_claims_no_faster_than_its_rate_and_does_all()
    {
        var consumer = new MemoryConsumer();
        consumer.Add(60);
        var options = new ConsumptionOptions
        {
            Workers = 8,
            RatePerSecond = 200,
            StopRule = new StopRule { UntilEmpty = true },
        };
        long startedAt = TimeProvider.System.GetTimestamp();
        var handler = new ScriptedHandler((_, _) => Task.CompletedTask);
        ConsumeSummary summary =
            await new Consumption(consumer, handler, new MemoryWriter(consumer), options).RunAsync();
        summary.Done.Should().Be(60);
        // 60 at 200 a second, of which the first 20 at most were credit: a machine can be slower, not faster.
        TimeProvider.System.GetElapsedTime(startedAt).Should().BeGreaterThan(TimeSpan.FromMilliseconds(190));
        consumer.LargestLease.Should().BeLessThanOrEqualTo(20);
    }

    [Fact]
    public async Task An_empty_group_ends_a_slow_run_without_waiting_for_its_next_start()
    {
        var consumer = new MemoryConsumer();
        consumer.Add(1);
        var options = new ConsumptionOptions
        {
            RatePerSecond = 1.0 / 3600,
            StopRule = new StopRule { UntilEmpty = true },
        };
        var handler = new ScriptedHandler((_, _) => Task.CompletedTask);
        ConsumeSummary summary =
            await new Consumption(consumer, handler, new MemoryWriter(consumer), options).RunAsync();
        (summary.Done, summary.Reason).Should().Be((1, EndReason.Empty));
    }
}
