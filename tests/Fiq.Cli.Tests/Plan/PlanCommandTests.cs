using Fiq.Cli.Plan;
using Fiq.Cli.Tests.Doubles;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Plan;

public sealed class PlanCommandTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly CommandLineRun _run = new();

    [Fact]
    public void It_says_when_so_many_workers_are_done()
    {
        Words(Described.Group(1000, 7200), workers: 4).Should().Be(
            "orders · group default · 1,000 messages, 2 h 0 m of work\nwith 4 workers: 30 m 0 s, until 12:30:00\n");
        Words(Described.Group(1000, 7200, workers: 2)).Should().Contain("with 2 workers: ", "these work on it now");
        Words(Described.Group(1, 86_400)).Should().EndWith("with 1 worker: 1 d 0 h, until 2026-02-01 12:00:00\n");
        Words(Described.Group(0, 0)).Should().EndWith("nothing is left to do\n");
    }

    [Fact]
    public void It_says_how_many_workers_it_takes()
    {
        Words(Described.Group(1000, 7200), by: Now.AddMinutes(29)).Should().EndWith(
            "by 12:29:00: 5 workers (24 m 0 s, until 12:24:00)\n");
        Words(Described.Group(2, 7200), by: Now.AddMinutes(29)).Should().EndWith(
            "not by 12:29:00: a worker for each message needs 1 h 0 m, until 13:00:00\n");
    }

    [Fact]
    public void It_says_when_work_takes_longer_than_it_declares() =>
        PlanWords.Format(PlanCommand.Answer(
            QueueName.Parse("orders"), Described.Group(1000, 7200) with { ObservedRatio = 1.25 }, 1, null, Now))
            .Should().Contain("\nwork takes 1.25 times what it declares: 2 h 30 m\nwith 1 worker: 2 h 30 m, ");

    [Fact]
    public async Task The_members_of_its_json_never_change()
    {
        Describe(Described.Group(1000, 7200));
        await _run.RunAsync("plan", "orders", "-w", "4", "--json");
        _run.Output.Should().MatchRegex(
            "^\\{\"queue\":\"orders\",\"group\":\"default\",\"messages\":1000,\"backlogSeconds\":7200,"
            + "\"observedRatio\":null,\"workSeconds\":7200,\"by\":null,\"workers\":4,\"seconds\":1800,"
            + "\"doneAt\":\"[^\"]+Z\"\\}\n$");
        await _run.RunAsync("plan", "orders", "--by", "1s", "--json");
        _run.Output.Should().Contain("\"workers\":null,\"seconds\":7.2,");
    }

    [Fact]
    public async Task A_group_that_is_not_there_names_those_that_are()
    {
        Describe(Described.Group(1, 1, "audit"));
        await _run.RunAsync("plan", "orders");
        _run.Exit.Should().Be(ExitCode.NotFound);
        _run.Error.Should().Be("fiq: no group \"default\" of orders. There is \"audit\".\n");
        Describe();
        await _run.RunAsync("plan", "orders");
        _run.Error.Should().Be(
            "fiq: no group \"default\" of orders. fiq group create orders default makes it.\n");
    }

    [Theory]
    [InlineData("--by", "soon")]
    [InlineData("--workers", "0")]
    [InlineData("-w", "4", "--by", "2h")]
    public async Task Wrong_usage_is_exit_2(params string[] options)
    {
        Describe(Described.Group(1, 1));
        await _run.RunAsync(["plan", "orders", .. options]);
        _run.Exit.Should().Be(ExitCode.Usage);
    }

    private static string Words(GroupDescription group, long? workers = null, DateTimeOffset? by = null) =>
        PlanWords.Format(PlanCommand.Answer(QueueName.Parse("orders"), group, workers, by, Now));

    private void Describe(params GroupDescription[] groups)
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Describe = _ => Described.Queue(1000, groups);
    }
}
