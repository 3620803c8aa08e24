using Fiq.Engine;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Scenarios;

/// <summary>
/// What a consumer says of its deliveries, through the product's settler, and what the history is told of it.
/// </summary>
/// <param name="process">The consumer.</param>
/// <param name="group">The group.</param>
/// <param name="settler">Says it.</param>
/// <param name="mayRefuse">Whether a letter may find no place among the dead: then its message comes again.</param>
internal sealed class Ends(SimProcess process, string group, Settler settler, bool mayRefuse)
{
    /// <summary>Tells what is about to be said.</summary>
    public void Announce(IReadOnlyList<Settlement> ends)
    {
        Tell(new SettleBegun(group, LeasesOf(ends, SettleOutcome.Done)));
        if (LeasesOf(ends, SettleOutcome.Dead) is { Length: > 0 } dead) Tell(new GiveUpBegun(group, dead));
        if (FailuresOf(ends) is { Length: > 0 } failures) Tell(new FailBegun(group, failures));
        Tell(new ReturnBegun(group, LeasesOf(ends, SettleOutcome.Release)));
    }

    /// <summary>Says it, and tells what was answered.</summary>
    public void Say(IReadOnlyList<Settlement> ends)
    {
        Failure[] failures = FailuresOf(ends);
        // Nothing in it waits for others: the one caller of the box of letters commits by itself.
        ValueTask<bool[]> saying = settler.SettleAsync(ends);
        if (!saying.IsCompleted) throw new InvalidOperationException("settling has left its thread");
        bool[] accepted = saying.GetAwaiter().GetResult();
        Settlement[] yes = [.. ends.Where((_, i) => accepted[i])];
        Settlement[] no = [.. ends.Where((_, i) => !accepted[i])];
        Tell(new SettleEnded(group, SettledOf(yes), SettledOf(no)));
        if (failures.Length > 0)
            Tell(new FailEnded(group, process.Name, [.. failures.Where(failure => IsAmong(yes, failure))]));
    }

    private static bool IsAmong(Settlement[] ends, Failure failure) =>
        ends.Any(end => end.Delivery.Offset == failure.Offset && end.Delivery.Token == failure.Token);

    // Of what was given up nobody hears whether it is settled, or comes again for want of a letter.
    private (long, LeaseToken)[] SettledOf(Settlement[] ends) => mayRefuse
        ? LeasesOf(ends, SettleOutcome.Done)
        : [.. LeasesOf(ends, SettleOutcome.Done), .. LeasesOf(ends, SettleOutcome.Dead)];

    private static (long Offset, LeaseToken Token)[] LeasesOf(
        IReadOnlyList<Settlement> ends, SettleOutcome outcome) =>
        [.. ends.Where(end => end.Outcome == outcome).Select(end => (end.Delivery.Offset, end.Delivery.Token))];

    private Failure[] FailuresOf(IReadOnlyList<Settlement> ends)
    {
        Moment now = Moment.Of(process.Machine.Clock);
        return
        [
            .. ends.Where(end => end.Outcome == SettleOutcome.Retry).Select(end => new Failure(
                end.Delivery.Offset, end.Delivery.Token, end.Delivery.Attempt, now, end.Delay)),
        ];
    }

    private void Tell(Fact fact) => process.Machine.History.Tell(fact);
}
