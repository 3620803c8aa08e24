using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Plan;

/// <summary><c>fiq plan</c>: when would it be done, or how many workers does it take?</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.Queue();
        Option<GroupName> group = OptionKinds.Group();
        Option<long?> workers = OptionKinds.OptionalNumber(
            "--workers", "When would so many be done?", "those that work now, or 1", 1, Forecast.WorkersMax, "-w");
        Option<string?> by = OptionKinds.Text(
            "--by", "TIME", "How many workers does it take to be done by then? Such as 2h or 18:00.",
            "ask for the time instead");
        return new CliCommand(
            "plan",
            "Says when a group would be done with its messages, or how many workers it takes, from the seconds of work "
                + "that they declare. What comes meanwhile and what fails is not in it.",
            "fiq plan orders --workers 4",
            "fiq plan orders --by 2h --json")
        {
            queue, group, workers, by,
        }.WithRun(async invocation =>
        {
            DateTimeOffset now = TimeProvider.System.GetLocalNow();
            DateTimeOffset? deadline = invocation.Get(by) is { } text ? Deadline.Parse("--by", text, now) : null;
            if (deadline is not null && invocation.Get(workers) is not null)
                throw OptionKinds.Wrong("--workers contradicts --by", "Give one of them.");
            QueueName name = invocation.Get(queue);
            QueueDescription found = await invocation.Engine.DescribeAsync(name, CancellationToken.None);
            GroupDescription member = GroupChoice.Find(found, invocation.Get(group));
            Write(invocation, Answer(name, member, invocation.Get(workers), deadline, now));
            return ExitCode.Done;
        });
    }

    public static PlanAnswer Answer(
        QueueName queue,
        GroupDescription group,
        long? workers,
        DateTimeOffset? by,
        DateTimeOffset now)
    {
        Forecast forecast = Forecast.Of(group, group.ObservedRatio);
        long? enough = by is { } time
            ? forecast.WorkersFor(time - now)
            : workers ?? Math.Max(1, group.Consumers.Sum(consumer => (long)consumer.Workers));
        return new PlanAnswer(queue, group.Name, forecast, by, enough, now);
    }

    private static void Write(Invocation invocation, PlanAnswer plan)
    {
        if (invocation.Json) PlanWords.Write(invocation.Streams.Output, plan);
        else invocation.Streams.Output.Write(PlanWords.Format(plan));
    }
}
