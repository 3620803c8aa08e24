using Fiq.Cli.Consume;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Tests.Consume;

public sealed class ConsumeWordsTests
{
    [Fact]
    public void The_opening_says_queue_group_workers_what_waits_and_how_to_stop()
    {
        ConsumeWords.Opening(QueueName.Parse("orders"), Group(2, 0, 32), 4, exitStops: true).Should().Be(
            "orders · group default · 4 workers · 2 waiting, 32 s of work · exit or Ctrl-C stops");
        ConsumeWords.Opening(QueueName.Default, Group(0, 3, 0.5), 1, exitStops: false).Should().Be(
            "default · group default · 1 worker · 0 waiting, 3 delayed, 0.5 s of work · Ctrl-C stops");
    }

    [Theory]
    [InlineData(false, true, "group \"default\" of queue \"jobs\" is", "fiq group resume jobs default.")]
    [InlineData(true, false, "queue \"jobs\" is", "fiq queue resume jobs.")]
    [InlineData(true, true, "queue \"jobs\" and its group \"default\" are",
        "fiq queue resume jobs and fiq group resume jobs default.")]
    public void What_is_paused_is_named_with_the_command_that_helps(bool queue, bool group, string what, string hint)
    {
        var summary = new ConsumeSummary { QueuePaused = queue, GroupPaused = group };
        FiqException error = ConsumeWords.Paused(QueueName.Parse("jobs"), GroupName.Default, summary);
        error.Code.Should().Be(ErrorCode.Busy);
        error.Message.Should().StartWith($"{what} paused, and something waits");
        error.Hint.Should().Be(hint);
    }

    [Fact]
    public void A_stop_says_what_still_runs_and_for_how_long()
    {
        ConsumeWords.Stopping(new Finishing(1, TimeSpan.FromSeconds(28.2))).Should().Be(
            "finishing 1 message, 29 s left; Ctrl-C again hands it back");
        ConsumeWords.Stopping(new Finishing(12, TimeSpan.Zero)).Should().Be(
            "finishing 12 messages; Ctrl-C again hands them back");
    }

    [Fact]
    public void The_summary_says_what_was_done_and_what_was_not()
    {
        var summary = new ConsumeSummary
        {
            Done = 1000,
            Elapsed = TimeSpan.FromSeconds(1.012),
            Work = TimeSpan.FromSeconds(100.25),
            Retried = 1200,
            Dead = 4,
            HandedBack = 3,
            LeasesLost = 1,
            Delayed = 2,
        };
        ConsumeWords.Summary(summary).Should().Be(
            "1,000 done in 1.012 s, 100.25 s of work · 1,200 retried · 4 dead · 3 handed back "
            + "· 1 lease lost · 2 delayed");
        ConsumeWords.Summary(new ConsumeSummary()).Should().Be("0 done");
        ConsumeWords.Summary(new ConsumeSummary { StopReason = "2 more wait" }).Should().Be("0 done · 2 more wait");
    }

    private static GroupDescription Group(long ready, long delayed, double seconds) => new()
    {
        Name = GroupName.Default,
        Floor = 0,
        Ready = ready,
        Leased = 0,
        Delayed = delayed,
        Retrying = 0,
        Lag = ready + delayed,
        BacklogSeconds = seconds,
        Consumers = [],
    };
}
