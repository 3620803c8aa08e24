using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class HandlerStopTests
{
    private readonly MemoryConsumer _consumer = new();
    private readonly MemoryWriter _writer;

    public HandlerStopTests() => _writer = new MemoryWriter(_consumer);

    [Fact]
    public async Task A_handler_that_can_not_go_on_ends_the_run_gently_and_its_message_is_handed_back()
    {
        _consumer.Add(20);
        var other = new TaskCompletionSource();
        var handler = new ScriptedHandler((delivery, _) => delivery.Offset switch
        {
            0 => other.Task,
            _ => Task.FromException(new StopConsumingException("no licence")),
        });
        Consumption run = Start(handler, new ConsumptionOptions { Workers = 2 }, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => run.Summary.StopRequest is not null, "it is heard");
        ended.IsCompleted.Should().BeFalse("what runs may finish");
        other.SetResult();
        ConsumeSummary summary = await ended;
        summary.Should().BeEquivalentTo(
            new { Reason = EndReason.Stopped, StopRequest = "no licence", Done = 1L, Retried = 0L, Dead = 0L });
        (_consumer.Ready, _consumer.Leased).Should().Be((19, 0));
        (await _consumer.LeaseAsync(1, TimeSpan.Zero, default))[0].Attempt.Should().Be(1, "no attempt is spent");
    }

    [Fact]
    public async Task What_takes_too_long_is_cancelled_and_has_failed()
    {
        _consumer.Add(1);
        var handler = new ScriptedHandler((_, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        var options = new ConsumptionOptions
        {
            Timeout = TimeSpan.FromMilliseconds(20),
            Retry = new RetryPolicy { AttemptsMax = 2 },
            StopRule = new StopRule { UntilEmpty = true },
        };
        Start(handler, options, out Task<ConsumeSummary> ended);
        ConsumeSummary summary = await ended;
        (summary.Retried, summary.Dead, summary.HandedBack).Should().Be((1, 1, 0));
        _consumer.Settlements.Should().OnlyContain(settlement => settlement.Error == "timed out after 0.02 s");
    }

    [Fact]
    public async Task A_handler_that_does_not_hear_of_its_limit_has_failed_all_the_same()
    {
        _consumer.Add(1);
        var handler = new ScriptedHandler(async (_, cancellation) =>
        {
            var fired = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = cancellation.Register(fired.SetResult);
            await fired.Task;
        });
        var options = new ConsumptionOptions
        {
            Timeout = TimeSpan.FromMilliseconds(10),
            Retry = new RetryPolicy { AttemptsMax = 1 },
            StopRule = new StopRule { UntilEmpty = true },
        };
        Start(handler, options, out Task<ConsumeSummary> ended);
        (await ended).Dead.Should().Be(1);
    }

    [Fact]
    public async Task Work_within_its_limit_is_done()
    {
        _consumer.Add(100);
        var handler = new ScriptedHandler((_, _) => Task.CompletedTask);
        var options = new ConsumptionOptions
        {
            Workers = 8,
            Timeout = TimeSpan.FromHours(1),
            StopRule = new StopRule { UntilEmpty = true },
        };
        Start(handler, options, out Task<ConsumeSummary> ended);
        (await ended).Done.Should().Be(100);
    }

    [Fact]
    public async Task Cancelled_because_the_run_ends_it_is_handed_back_also_with_a_limit()
    {
        _consumer.Add(1);
        var handler = new GatedHandler();
        var options = new ConsumptionOptions { Timeout = TimeSpan.FromHours(1) };
        Consumption run = Start(handler, options, out Task<ConsumeSummary> ended);
        await Eventually.HoldsAsync(() => handler.Started == 1, "it runs");
        run.StopNow();
        ConsumeSummary summary = await ended;
        (summary.HandedBack, summary.Retried).Should().Be((1, 0));
    }

    [Fact]
    public async Task Cancelled_by_itself_and_not_by_us_it_has_failed()
    {
        _consumer.Add(1);
        var handler = new ScriptedHandler((_, _) => throw new OperationCanceledException("its own affair"));
        var options = new ConsumptionOptions
        {
            Retry = new RetryPolicy { AttemptsMax = 1 },
            StopRule = new StopRule { UntilEmpty = true },
        };
        Start(handler, options, out Task<ConsumeSummary> ended);
        (await ended).Dead.Should().Be(1);
    }

    private Consumption Start(IMessageHandler handler, ConsumptionOptions options, out Task<ConsumeSummary> ended)
    {
        var run = new Consumption(_consumer, handler, _writer, options);
        ended = run.RunAsync();
        return run;
    }
}
