using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class ConsumptionTests
{
    private readonly MemoryConsumer _consumer = new();
    private readonly MemoryWriter _writer;

    public ConsumptionTests() => _writer = new MemoryWriter(_consumer);

    [Fact]
    public async Task A_message_is_settled_only_after_its_result_was_written()
    {
        _consumer.Add(300);
        await RunUntilEmptyAsync(workers: 8);
        IReadOnlyList<string> events = _consumer.Events;
        for (int offset = 0; offset < 300; offset++)
            IndexOf(events, $"write {offset}").Should().BeInRange(0, IndexOf(events, $"done {offset}"));
    }

    [Fact]
    public async Task What_has_not_arrived_is_not_settled()
    {
        _consumer.Add(5);
        _writer.ArrivesMax = 3;
        Consumption run = Start(new StopRule { UntilEmpty = true }, 1, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(
            () => _writer.Results.Count == 5 && _consumer.CountOf("done") == 3, "three arrive");
        _consumer.Leased.Should().Be(2);
        _writer.ArrivesMax = 5;
        (await ended).Done.Should().Be(5);
    }

    [Fact]
    public async Task With_one_worker_results_come_in_offset_order()
    {
        _consumer.Add(2_000);
        await RunUntilEmptyAsync(workers: 1);
        _writer.Offsets.Should().Equal(Enumerable.Range(0, 2_000).Select(i => (long)i));
    }

    [Fact]
    public async Task Every_message_is_done_exactly_once_by_many_workers()
    {
        _consumer.Add(20_000);
        ConsumeSummary summary = await RunUntilEmptyAsync(workers: 64);
        summary.Should().BeEquivalentTo(
            new { Done = 20_000L, HandedBack = 0L, LeasesLost = 0L, Reason = EndReason.Empty, AnyCame = true });
        _writer.Offsets.Should().OnlyHaveUniqueItems().And.HaveCount(20_000);
        _consumer.CountOf("done").Should().Be(20_000);
    }

    [Fact]
    public async Task A_lost_lease_is_neither_printed_nor_settled()
    {
        _consumer.Add(3);
        var handler = new GatedHandler();
        Consumption run = Start(new StopRule { UntilEmpty = true }, 3, out Task<ConsumeSummary> ended, handler);
        await Eventually.HoldsAsync(() => handler.Started == 3, "all run");
        _consumer.TakeAway(1);
        handler.Open();
        ConsumeSummary summary = await ended;
        summary.LeasesLost.Should().Be(1);
        summary.Done.Should().Be(2);
        _writer.Offsets.Should().BeEquivalentTo([0L, 2L]);
        _consumer.Events.Should().NotContain("refused 1");
    }

    [Fact]
    public async Task A_lease_lost_between_printing_and_settling_is_counted()
    {
        _consumer.Add(2);
        _writer.ArrivesMax = 0;
        Consumption run = Start(new StopRule { UntilEmpty = true }, 2, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _writer.Results.Count == 2, "both printed");
        _consumer.TakeAway(0);
        _writer.ArrivesMax = 2;
        ConsumeSummary summary = await ended;
        summary.LeasesLost.Should().Be(1);
        summary.Done.Should().Be(1);
        _consumer.Events.Should().Contain("refused 0");
    }

    [Fact]
    public async Task No_more_run_at_a_time_than_there_are_workers()
    {
        _consumer.Add(50);
        var handler = new GatedHandler();
        Consumption run = Start(new StopRule { UntilEmpty = true }, 4, out Task<ConsumeSummary> ended, handler);
        await Eventually.HoldsAsync(() => handler.Started == 4, "four run");
        handler.Open();
        await ended;
        handler.AtOnceMax.Should().Be(4);
    }

    [Fact]
    public async Task A_worker_takes_the_next_message_before_the_last_one_is_settled()
    {
        _consumer.Add(3);
        _writer.ArrivesMax = 0;
        var handler = new GatedHandler { IsOpen = true };
        Consumption run = Start(StopRule.Never, 1, out Task<ConsumeSummary> ended, handler);
        await Eventually.HoldsAsync(() => handler.Started == 3, "the worker goes on");
        _consumer.CountOf("done").Should().Be(0);
        run.StopNow();
        (await ended).HandedBack.Should().Be(3);
    }

    [Fact]
    public async Task When_the_reader_goes_what_it_has_not_taken_is_handed_back()
    {
        _consumer.Add(4);
        _writer.ArrivesMax = 1;
        Consumption run = Start(StopRule.Never, 4, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => _writer.Results.Count == 4, "all printed");
        _writer.Close();
        ConsumeSummary summary = await ended;
        summary.Reason.Should().Be(EndReason.OutputClosed);
        (summary.Done, summary.HandedBack).Should().Be((1, 3));
        _consumer.Ready.Should().Be(3);
        _consumer.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_failing_writer_ends_the_run_and_hands_everything_back()
    {
        _consumer.Add(10);
        _writer.Failure = new FiqException(ErrorCode.DiskFull, "cannot write");
        Consumption run = Start(StopRule.Never, 2, out Task<ConsumeSummary> ended);
        (await FluentActions.Awaiting(() => ended).Should().ThrowAsync<FiqException>())
            .Which.Code.Should().Be(ErrorCode.DiskFull);
        _consumer.Ready.Should().Be(10);
        _consumer.IsDisposed.Should().BeTrue();
        run.Summary.Reason.Should().Be(EndReason.Failed);
    }

    [Fact]
    public async Task A_failing_claim_ends_the_run_after_handing_back()
    {
        _consumer.Add(2);
        var handler = new GatedHandler();
        Consumption run = Start(StopRule.Never, 4, out Task<ConsumeSummary> ended, handler);
        await Eventually.HoldsAsync(() => handler.Started == 2, "both run");
        _consumer.LeaseFailure = new FiqException(ErrorCode.QueueNotFound, "deleted");
        _consumer.Add(1);
        (await FluentActions.Awaiting(() => ended).Should().ThrowAsync<FiqException>())
            .Which.Code.Should().Be(ErrorCode.QueueNotFound);
        _consumer.Leased.Should().Be(0);
        _consumer.Events[^1].Should().Be("dispose");
    }

    [Fact]
    public async Task A_failing_settlement_ends_the_run_with_its_error()
    {
        _consumer.Add(5);
        _consumer.SettleFailure = new FiqException(ErrorCode.DiskFull, "no room");
        Consumption run = Start(new StopRule { UntilEmpty = true }, 2, out Task<ConsumeSummary> ended);
        (await FluentActions.Awaiting(() => ended).Should().ThrowAsync<FiqException>())
            .Which.Code.Should().Be(ErrorCode.DiskFull);
        _consumer.IsDisposed.Should().BeTrue();
    }

    private static int IndexOf(IReadOnlyList<string> events, string what) => events.ToList().IndexOf(what);

    private Consumption Start(
        StopRule rule, int workers, out Task<ConsumeSummary> ended, IMessageHandler? handler = null)
    {
        var options = new ConsumptionOptions { Workers = workers, StopRule = rule };
        var run = new Consumption(_consumer, handler ?? new SleepHandler(), _writer, options);
        ended = run.RunAsync();
        return run;
    }

    private async Task<ConsumeSummary> RunUntilEmptyAsync(int workers)
    {
        Consumption run = Start(new StopRule { UntilEmpty = true }, workers, out Task<ConsumeSummary> ended);
        return await ended;
    }
}
