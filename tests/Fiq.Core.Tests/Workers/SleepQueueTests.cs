using System.Diagnostics;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class SleepQueueTests
{
    [Fact]
    public async Task A_sleep_is_never_too_short()
    {
        using var sleeps = new SleepQueue(TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(1, 200).Select(async i =>
        {
            TimeSpan duration = TimeSpan.FromMicroseconds(i * 137);
            long startedAt = Stopwatch.GetTimestamp();
            await sleeps.SleepAsync(duration, CancellationToken.None);
            Stopwatch.GetElapsedTime(startedAt).Should().BeGreaterThanOrEqualTo(duration);
        }));
    }

    [Fact]
    public async Task Sleeps_end_in_the_order_of_their_ends()
    {
        using var sleeps = new SleepQueue(TimeProvider.System);
        Task late = sleeps.SleepAsync(TimeSpan.FromMilliseconds(400), CancellationToken.None);
        Task early = sleeps.SleepAsync(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        (await Task.WhenAny(late, early)).Should().BeSameAs(early);
        await late;
    }

    [Fact]
    public async Task A_cancelled_sleep_ends_at_once()
    {
        using var sleeps = new SleepQueue(TimeProvider.System);
        using var cancellation = new CancellationTokenSource();
        Task sleep = sleeps.SleepAsync(TimeSpan.FromHours(1), cancellation.Token);
        await cancellation.CancelAsync();
        await FluentActions.Awaiting(() => sleep).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_sleep_that_is_cancelled_before_it_begins_ends_at_once()
    {
        using var sleeps = new SleepQueue(TimeProvider.System);
        Task sleep = sleeps.SleepAsync(TimeSpan.FromHours(1), new CancellationToken(canceled: true));
        await FluentActions.Awaiting(() => sleep).Should().ThrowAsync<OperationCanceledException>();
    }
}
