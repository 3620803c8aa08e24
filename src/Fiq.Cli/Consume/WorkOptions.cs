using System.CommandLine;
using Fiq.Cli.Exec;
using Fiq.Cli.Frame;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>The options about the work itself: what does it, how long, how often, how fast.</summary>
internal sealed class WorkOptions
{
    public Option<string?> Exec { get; } = OptionKinds.Text(
        "--exec", "COMMAND",
        "Run it under /bin/sh -c for each message, the body on its stdin; FIQ_KEY, FIQ_OFFSET, FIQ_QUEUE, FIQ_GROUP, "
            + "FIQ_ATTEMPT, FIQ_TIME and FIQ_STORE are set. Exit 0 is done, 65 dead at once, 255 stops this consumer, "
            + "anything else has failed.",
        "take the processing time");

    public Option<bool> Tag { get; } = OptionKinds.Flag(
        "--tag", "Begin each line of a command with its message's key and a tab. Default: lines as they are.");

    public Option<long> MaxAttempts { get; } = OptionKinds.Number(
        "--max-attempts", "After so many attempts a message is dead.",
        RetryPolicy.Default.AttemptsMax, 1, RetryPolicy.AttemptsCeiling);

    public Option<(TimeSpan Min, TimeSpan Max)> Backoff { get; } = OptionKinds.DurationRange(
        "--backoff", "How long a failed message waits at most after its first attempt, doubled each time, and in all.",
        (RetryPolicy.Default.BackoffMin, RetryPolicy.Default.BackoffMax));

    public Option<TimeSpan?> Timeout { get; } = OptionKinds.OptionalDuration(
        "--timeout", "An attempt that takes longer has failed; a command is ended with all it has started.", "none");

    public Option<double?> Rate { get; } = OptionKinds.Rate(
        "--rate", "How many messages this process begins at most, evenly: 100/s, 5/m or 20/h.", "none");

    public IEnumerable<Option> All => [Exec, Tag, MaxAttempts, Backoff, Timeout, Rate];

    /// <summary>
    /// The command that works on the messages; null when there is none. Refuses what contradicts itself.
    /// </summary>
    public ExecOptions? Command(Invocation invocation)
    {
        bool tag = invocation.Get(Tag);
        string? shell = invocation.Get(Exec);
        if (invocation.CommandWords is { } words)
        {
            return shell is null
                ? ExecOptions.Program(words, invocation.Environment("PATH"), tag)
                : throw OptionKinds.Wrong("--exec contradicts a command behind --", "Give one of them.");
        }

        if (shell is not null) return ExecOptions.Shell(shell, tag);
        return tag ? throw OptionKinds.Wrong("--tag has no command", "Give --exec 'COMMAND' or -- COMMAND.") : null;
    }

    public ConsumptionOptions Of(Invocation invocation)
    {
        (TimeSpan min, TimeSpan max) = invocation.Get(Backoff);
        return new ConsumptionOptions
        {
            Timeout = invocation.Get(Timeout),
            RatePerSecond = invocation.Get(Rate),
            Retry = new RetryPolicy
            {
                AttemptsMax = (int)invocation.Get(MaxAttempts),
                BackoffMin = min,
                BackoffMax = max,
            },
        };
    }
}
