using System.CommandLine;
using Fiq.Cli.Consume;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Run;

/// <summary>The arguments and options of <c>fiq run</c>.</summary>
internal sealed class RunOptions
{
    /// <summary>
    /// Whoever kills a run means the run, and not what it works on; and its first messages are always the same, so
    /// some kills in a row would leave them dead. One that was with a hundred killed runs is likelier the reason.
    /// </summary>
    private const int InterruptedAttemptsMax = 100;

    public Argument<QueueName?> Queue { get; } = OptionKinds.WorkQueueIfAny(
        "The queue, which stays, with how far the run has come. Default: one of its own, removed when it is drained.");

    public Option<bool> New { get; } = OptionKinds.Flag(
        "--new", "Begin with this input although another run is unfinished; what still waits is worked off, too. "
            + "Default: an unfinished run goes on, and other input is refused.");

    public Option<string> Input { get; } = LineInput.Option();

    public Option<long> Workers { get; } = ConsumeOptions.WorkersOption();

    public Option<TimeSpan> Grace { get; } = ConsumeOptions.GraceOption();

    public Option<bool> Ordered { get; } = ConsumeOptions.OrderedOption();

    public WorkOptions Work { get; } = new();

    public void AddTo(Command command)
    {
        command.Arguments.Add(Queue);
        Option[] own = [Workers, Input, New, Ordered, Grace];
        foreach (Option option in own.Concat(Work.All)) command.Options.Add(option);
    }

    public ILineFormat Format(Invocation invocation, int bodySizeMax) => LineInput.Format(
        invocation.Get(Input), null, null, MessageHeaders.None, bodySizeMax, Urgency.None);

    public ConsumerOptions Consumer(Invocation invocation, QueueName queue) => new()
    {
        Ordered = invocation.Get(Ordered),
        Workers = (int)invocation.Get(Workers),
        CreateIfMissing = false,
        DamageFound = damage => ConsumeWords.Warn(invocation, damage, queue),
    };

    /// <summary>How to work until <paramref name="input"/> has ended and nothing is left.</summary>
    public ConsumptionOptions Consumption(Invocation invocation, Task input)
    {
        ConsumptionOptions work = Work.Of(invocation);
        return work with
        {
            Workers = (int)invocation.Get(Workers),
            Grace = invocation.Get(Grace),
            StopRule = new StopRule { UntilEmpty = true, After = input, WaitsForDelayed = true },
            Retry = work.Retry with { InterruptedAttemptsMax = InterruptedAttemptsMax },
        };
    }
}
