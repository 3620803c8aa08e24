using Fiq.Engine;
using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class FailureTests
{
    private readonly MemoryConsumer _consumer = new();
    private readonly MemoryWriter _writer;

    public FailureTests() => _writer = new MemoryWriter(_consumer);

    [Fact]
    public async Task Failing_work_is_tried_so_often_and_is_then_dead()
    {
        _consumer.Add(3);
        var handler = Failing(delivery => delivery.Offset == 1);
        ConsumeSummary summary = await RunAsync(handler, new RetryPolicy { AttemptsMax = 5 });
        summary.Should().BeEquivalentTo(new { Done = 2L, Retried = 4L, Dead = 1L, HandedBack = 0L, LeasesLost = 0L });
        handler.Attempts.Where(attempt => attempt.Offset == 1).Select(attempt => attempt.Attempt)
            .Should().Equal(1, 2, 3, 4, 5);
        _consumer.CountOf("retry 1").Should().Be(4);
        _consumer.CountOf("dead 1").Should().Be(1);
    }

    [Fact]
    public async Task The_wait_doubles_up_to_its_bound_and_any_share_of_it_is_possible()
    {
        _consumer.Add(1);
        var policy = new RetryPolicy
        {
            AttemptsMax = 6,
            BackoffMin = TimeSpan.FromSeconds(1),
            BackoffMax = TimeSpan.FromSeconds(5),
        };
        await RunAsync(Failing(_ => true), policy, share: 0.5);
        _consumer.Settlements.Select(settlement => settlement.Delay.TotalSeconds)
            .Should().Equal(0.5, 1, 2, 2.5, 2.5, 0);
    }

    [Fact]
    public async Task A_settlement_says_why_it_failed_and_in_which_worker()
    {
        _consumer.Add(1);
        await RunAsync(Failing(_ => true), new RetryPolicy { AttemptsMax = 2 });
        _consumer.Settlements.Should().HaveCount(2)
            .And.OnlyContain(settlement => settlement.Error == "it failed" && settlement.Worker == 1);
        _writer.Results.Select(result => result.Failure!.IsDead).Should().Equal(false, true);
        _writer.Results[1].Failure.Should().BeEquivalentTo(new { Attempts = 2, AttemptsMax = 2 });
    }

    [Fact]
    public async Task A_failure_is_settled_only_after_its_result_was_written()
    {
        _consumer.Add(1);
        await RunAsync(Failing(_ => true), new RetryPolicy { AttemptsMax = 2 });
        _consumer.Events.Should().Equal(
            "start 0", "write 0", "retry 0", "start 0", "write 0", "dead 0", "dispose");
    }

    [Fact]
    public async Task Only_work_that_is_done_is_taken_off_the_attempts_before_its_result_is_written()
    {
        _consumer.Add(2);
        await RunAsync(Failing(delivery => delivery.Offset == 0), new RetryPolicy { AttemptsMax = 1 });
        IReadOnlyList<string> events = _consumer.Events;
        events.Should().ContainInOrder("start 1", "finish 1", "write 1", "done 1").And.NotContain("finish 0");
    }

    [Fact]
    public async Task Poison_is_dead_at_once()
    {
        _consumer.Add(2);
        var handler = ScriptedHandler.Throwing(
            delivery => delivery.Offset == 0 ? new PoisonException("it can never work") : null);
        ConsumeSummary summary = await RunAsync(handler, RetryPolicy.Default);
        (summary.Done, summary.Retried, summary.Dead).Should().Be((1, 0, 1));
        _consumer.Settlements.Single(settlement => settlement.Outcome == SettleOutcome.Dead)
            .Error.Should().Be("it can never work");
    }

    [Fact]
    public async Task A_message_whose_last_attempt_killed_its_consumer_is_dead_without_another()
    {
        _consumer.AddTried(attempts: 5, interrupted: true);
        _consumer.AddTried(attempts: 4, interrupted: true);
        var handler = Failing(_ => false);
        ConsumeSummary summary = await RunAsync(handler, new RetryPolicy { AttemptsMax = 5 });
        (summary.Done, summary.Dead).Should().Be((1, 1));
        handler.Attempts.Should().Equal((1, 5));
        _consumer.CountOf("start 0").Should().Be(0);
        Settlement dead = _consumer.Settlements.Single(settlement => settlement.Outcome == SettleOutcome.Dead);
        (dead.Error, dead.Worker).Should().Be(("its consumer was killed in attempt 5", 0));
    }

    [Fact]
    public async Task Where_a_killed_consumer_is_no_fault_of_its_messages_they_get_more_attempts_and_not_without_end()
    {
        _consumer.AddTried(attempts: 7, interrupted: true);
        _consumer.AddTried(attempts: 8, interrupted: true);
        _consumer.AddTried(attempts: 5, interrupted: false);
        var policy = new RetryPolicy { AttemptsMax = 5, InterruptedAttemptsMax = 8 };
        ConsumeSummary summary = await RunAsync(Failing(_ => false), policy);
        (summary.Done, summary.Dead).Should().Be((1, 2));
        _consumer.Settlements.Where(settlement => settlement.Outcome == SettleOutcome.Dead)
            .Select(settlement => settlement.Error).Should().BeEquivalentTo(
                "its consumer was killed in attempt 8", "attempt 5 failed, and no more than 5 are made");
    }

    [Fact]
    public async Task A_failure_after_interrupted_attempts_beyond_the_limit_is_the_last()
    {
        _consumer.AddTried(attempts: 6, interrupted: true);
        var policy = new RetryPolicy { AttemptsMax = 5, InterruptedAttemptsMax = 8 };
        ConsumeSummary summary = await RunAsync(Failing(_ => true), policy);
        (summary.Retried, summary.Dead).Should().Be((0, 1));
    }

    [Fact]
    public async Task Where_fewer_attempts_are_allowed_now_the_error_says_so()
    {
        _consumer.AddTried(attempts: 3, interrupted: false);
        await RunAsync(Failing(_ => false), new RetryPolicy { AttemptsMax = 2 });
        _consumer.Settlements.Single().Error.Should().Be("attempt 3 failed, and no more than 2 are made");
    }

    [Fact]
    public async Task The_beginning_of_a_long_error_is_kept_in_whole_characters()
    {
        _consumer.Add(1);
        string error = new string('x', 999) + "\U0001F600" + new string('y', 5_000);
        await RunAsync(ScriptedHandler.Throwing(_ => new InvalidOperationException(error)),
            new RetryPolicy { AttemptsMax = 1 });
        _consumer.Settlements.Single().Error.Should().Be(new string('x', 999));
    }

    [Fact]
    public async Task Work_says_how_long_it_took_when_it_is_settled()
    {
        _consumer.Add(1);
        var handler = new ScriptedHandler((_, cancellation) => Task.Delay(20, cancellation));
        await RunAsync(handler, RetryPolicy.Default);
        _consumer.Settlements.Single().Elapsed.Should().BeGreaterThan(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task A_count_ends_after_so_many_are_done_or_dead()
    {
        _consumer.Add(10);
        var handler = Failing(delivery => delivery.Offset == 0);
        ConsumeSummary summary = await RunAsync(
            handler, new RetryPolicy { AttemptsMax = 3 }, rule: new StopRule { Count = 4 });
        (summary.Done, summary.Dead, summary.Reason).Should().Be((3, 1, EndReason.Count));
        _consumer.Ready.Should().Be(6);
    }

    [Fact]
    public async Task A_lost_lease_of_failed_work_is_neither_printed_nor_settled()
    {
        _consumer.Add(1);
        var handler = ScriptedHandler.Throwing(delivery =>
        {
            _consumer.TakeAway(delivery.Offset);
            return new InvalidOperationException("it failed");
        });
        ConsumeSummary summary = await RunAsync(handler, RetryPolicy.Default);
        (summary.LeasesLost, summary.Retried).Should().Be((1, 0));
        _writer.Results.Should().BeEmpty();
    }

    [Fact]
    public async Task Half_of_them_failing_every_message_is_done_or_dead_exactly_once()
    {
        _consumer.Add(2_000);
        var handler = Failing(
            delivery => delivery.Offset % 2 == 0 && (delivery.Offset % 4 == 0 || delivery.Attempt < 3));
        ConsumeSummary summary = await RunAsync(handler, new RetryPolicy { AttemptsMax = 3 }, workers: 16);
        summary.Should().BeEquivalentTo(new { Done = 1_500L, Dead = 500L, Retried = 2_000L, LeasesLost = 0L });
        handler.Attempts.Should().OnlyHaveUniqueItems().And.HaveCount(4_000);
        (_consumer.Ready, _consumer.Leased).Should().Be((0, 0));
    }

    private static ScriptedHandler Failing(Func<Delivery, bool> fails) => ScriptedHandler.Throwing(
        delivery => fails(delivery) ? new InvalidOperationException("it failed") : null);

    private Task<ConsumeSummary> RunAsync(
        IMessageHandler handler, RetryPolicy policy, double share = 0, StopRule? rule = null, int workers = 1)
    {
        var options = new ConsumptionOptions
        {
            Workers = workers,
            StopRule = rule ?? new StopRule { UntilEmpty = true },
            Retry = policy,
        };
        return new Consumption(_consumer, handler, _writer, options, random: new FixedRandom(share)).RunAsync();
    }
}
