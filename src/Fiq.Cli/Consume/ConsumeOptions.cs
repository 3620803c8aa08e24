using System.CommandLine;
using Fiq.Cli.Exec;
using Fiq.Cli.Frame;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>The arguments and options of <c>fiq consume</c>.</summary>
internal sealed class ConsumeOptions
{
    public Argument<QueueName> Queue { get; } = OptionKinds.Queue();

    public Option<long> Workers { get; } = WorkersOption();

    public Option<GroupName> Group { get; } = OptionKinds.Group();

    public Option<StartPosition?> From { get; } = OptionKinds.From();

    public Option<TimeSpan> Grace { get; } = GraceOption();

    public Option<bool> UntilEmpty { get; } = OptionKinds.Flag(
        "--until-empty", "End when nothing waits and no other consumer of the group has work; at once, with exit 6, "
            + "when something waits and the group is paused. Default: go on.");

    public Option<long?> Count { get; } = OptionKinds.OptionalNumber(
        "--count", "End after so many messages are done or dead; no more are taken.", "go on", 1, long.MaxValue);

    public Option<TimeSpan?> Idle { get; } = OptionKinds.OptionalDuration(
        "--idle", "End when nothing came for so long; exit 9 if nothing came at all.", "go on");

    public Option<bool> Raw { get; } = OptionKinds.Flag(
        "--raw", "Print the messages themselves, a line each. Default: what was done, by whom, how long it took.");

    public Option<bool> Ordered { get; } = OrderedOption();

    public WorkOptions Work { get; } = new();

    public static Option<long> WorkersOption() => OptionKinds.Number(
        "--workers", "How many messages are worked on at a time.", 1, 1, ConsumptionOptions.WorkersMax, "-w");

    public static Option<TimeSpan> GraceOption() => OptionKinds.Duration(
        "--grace", "How long running work may go on after a stop; what needs longer is handed back.",
        TimeSpan.FromSeconds(30));

    public static Option<bool> OrderedOption() => OptionKinds.Flag(
        "--ordered",
        "Messages with equal keys one at a time, in order; all consumers of a group alike. Default: any order.");

    public void AddTo(Command command)
    {
        command.Arguments.Add(Queue);
        Option[] own = [Workers, Group, From, Grace, UntilEmpty, Count, Idle, Raw, Ordered];
        foreach (Option option in own.Concat(Work.All)) command.Options.Add(option);
    }

    /// <summary>The command that works on the messages, if any. Refuses what contradicts itself.</summary>
    public ExecOptions? Check(Invocation invocation)
    {
        if (invocation.Json && invocation.Get(Raw))
            throw OptionKinds.Wrong("--raw contradicts --json", "Give one of them.");
        ExecOptions? command = Work.Command(invocation);
        return command is not null && invocation.Get(Raw)
            ? throw OptionKinds.Wrong("--raw contradicts a command", "Its stdout is what is printed.")
            : command;
    }

    public StopRule StopRule(Invocation invocation) => new()
    {
        UntilEmpty = invocation.Get(UntilEmpty),
        Count = invocation.Get(Count),
        Idle = invocation.Get(Idle),
    };

    /// <summary>How the consumer is opened. Only a run that waits makes a queue; a bounded one misses it.</summary>
    public ConsumerOptions Consumer(Invocation invocation) => new()
    {
        Group = invocation.Get(Group),
        Start = invocation.Get(From),
        Ordered = invocation.Get(Ordered),
        Workers = (int)invocation.Get(Workers),
        CreateIfMissing = !StopRule(invocation).Ends,
        DamageFound = damage => ConsumeWords.Warn(invocation, damage, invocation.Get(Queue)),
    };

    public ConsumptionOptions Consumption(Invocation invocation) => Work.Of(invocation) with
    {
        Workers = (int)invocation.Get(Workers),
        Grace = invocation.Get(Grace),
        StopRule = StopRule(invocation),
    };
}
