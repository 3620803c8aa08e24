using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class PrefetchTests
{
    [Fact]
    public void Work_of_unknown_length_is_not_fetched_ahead() => new Prefetch(100).Count.Should().Be(0);

    [Fact]
    public void Tiny_work_is_fetched_ahead_in_large_batches() => After(1, 0).Count.Should().Be(Prefetch.CountMax);

    [Theory]
    [InlineData(1, 50)]
    [InlineData(9, 50)]
    [InlineData(100, 1000)]
    public void Work_that_no_worker_begins_soon_stays_available_to_others(int workers, int milliseconds) =>
        After(workers, milliseconds).Count.Should().Be(0);

    [Fact]
    public void What_is_fetched_ahead_is_what_the_pool_begins_within_five_milliseconds() =>
        After(100, 100).Count.Should().Be(5);

    [Fact]
    public void One_long_message_among_tiny_ones_stops_fetching_ahead_and_is_forgotten()
    {
        Prefetch prefetch = After(1, 0, 10_000);
        prefetch.Count.Should().Be(0);
        for (int i = 0; i < 100; i++) prefetch.Claimed([WithTime(0)]);
        prefetch.Count.Should().Be(Prefetch.CountMax);
    }

    private static Prefetch After(int workers, params int[] milliseconds)
    {
        var prefetch = new Prefetch(workers);
        prefetch.Claimed([.. milliseconds.Select(WithTime)]);
        return prefetch;
    }

    private static Delivery WithTime(int milliseconds) =>
        new(0, new Message { ProcessingMicroseconds = milliseconds * 1000L }, 1, default);
}
