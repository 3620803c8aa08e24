using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Torture;

/// <summary>The options of <c>fiq torture</c>.</summary>
internal sealed class TortureOptions
{
    private const long MinutesMax = 60 * 24 * 30;

    public Option<long?> Minutes { get; } = OptionKinds.OptionalNumber(
        "--minutes", "How long, in minutes.", "1", 1, MinutesMax);

    public Option<long?> Seconds { get; } = OptionKinds.OptionalNumber(
        "--seconds", "How long, in seconds; instead of --minutes.", "60", 1, MinutesMax * 60);

    public Option<long?> Seed { get; } = OptionKinds.OptionalNumber(
        "--seed", "Draws the moments and the victims; the same ones come again.", "drawn, and told", 0, int.MaxValue);

    public Option<long> Producers { get; } = OptionKinds.Number(
        "--producers", "How many producer processes at a time.", 4, 1, 64);

    public Option<long> Consumers { get; } = OptionKinds.Number(
        "--consumers", "How many consumer processes at a time, in two groups.", 4, 2, 64);

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Minutes, Seconds, Seed, Producers, Consumers })
            command.Options.Add(option);
    }

    public TimeSpan Duration(Invocation invocation) => (invocation.Get(Minutes), invocation.Get(Seconds)) switch
    {
        (not null, not null) => throw OptionKinds.Wrong("--seconds contradicts --minutes", "Give one of them."),
        (_, { } seconds) => TimeSpan.FromSeconds(seconds),
        ({ } minutes, _) => TimeSpan.FromMinutes(minutes),
        _ => TimeSpan.FromMinutes(1),
    };
}
