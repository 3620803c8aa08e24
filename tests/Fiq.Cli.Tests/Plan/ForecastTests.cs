using Fiq.Cli.Plan;
using Fiq.Cli.Tests.Doubles;

namespace Fiq.Cli.Tests.Plan;

public sealed class ForecastTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(4, 25)]
    [InlineData(50, 2)]
    [InlineData(1000, 2)] // a message is one worker's
    public void Workers_share_the_work_as_far_as_there_are_messages(int workers, double seconds) =>
        Of(50, 100).With(workers).TotalSeconds.Should().BeApproximately(seconds, 1e-9);

    [Theory]
    [InlineData(100, 1)]
    [InlineData(99, 2)]
    [InlineData(25, 4)]
    [InlineData(24.9, 5)]
    [InlineData(2, 50)]
    public void The_fewest_workers_that_are_enough_are_named(double seconds, long workers)
    {
        Forecast forecast = Of(50, 100);
        forecast.WorkersFor(TimeSpan.FromSeconds(seconds)).Should().Be(workers);
        forecast.With(workers).Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Where_no_number_is_enough_none_is_named()
    {
        Of(50, 100).WorkersFor(TimeSpan.FromSeconds(1.9)).Should().BeNull();
        Of(50, 100).WorkersFor(TimeSpan.Zero).Should().BeNull();
    }

    [Fact]
    public void Nothing_to_do_needs_nobody_and_work_without_time_one()
    {
        Of(0, 0).WorkersFor(TimeSpan.FromSeconds(1)).Should().Be(0);
        Of(0, 0).With(4).Should().Be(TimeSpan.Zero);
        Of(10, 0).WorkersFor(TimeSpan.FromSeconds(1)).Should().Be(1);
    }

    [Fact]
    public void What_was_observed_corrects_what_was_declared()
    {
        Forecast forecast = Forecast.Of(Described.Group(50, 100), observedRatio: 1.5);
        forecast.With(1).TotalSeconds.Should().BeApproximately(150, 1e-9);
        forecast.WorkersFor(TimeSpan.FromSeconds(50)).Should().Be(3);
    }

    private static Forecast Of(long messages, double seconds) => Forecast.Of(Described.Group(messages, seconds));
}
