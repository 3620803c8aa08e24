using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Calls;

/// <summary>
/// A queue of two segments is consumed. The last message takes longer than a settlement waits for the disk, so that
/// the first segment is deleted meanwhile.
/// </summary>
internal sealed class ConsumeScenario : Scenario
{
    private const int Large = 400_000;

    public const string ItsName = "consume";

    public override string Name => ItsName;

    public override bool WorksInBackground => true;

    public override IReadOnlyList<string> Arguments => ["consume", Queue, "--until-empty", "--json"];

    public override async Task PrepareAsync(TemporaryStore store, Ledger ledger)
    {
        await Open(store).CreateAsync();
        await ProduceAsync(store, ledger, Messages("first-", 2, Large));
        await ProduceAsync(store, ledger, Messages("second-", 2, Large));
        ledger.SentAtOnce([("slow", "last")]);
        ledger.WasAcked("slow", await Open(store).ProduceSlowAsync("slow", "last", TimeSpan.FromSeconds(0.3)));
    }

    public override async Task<IReadOnlyList<string>> FaultsAsync(
        TemporaryStore store, Ledger ledger, FiqResult result, bool wasKilled)
    {
        var printed = Printed.In(result.Output);
        var rest = await Open(store).DrainAsync();
        await ProduceAsync(store, ledger, ("after", "what comes next"));
        var last = await Open(store).DrainAsync();
        var faults = ledger.Faults([.. printed, .. rest, .. last]).ToList();
        if (printed.Distinct().Count() < printed.Length || rest.Intersect(last).Any())
        {
            faults.Add("a message came twice to one consumer");
        }

        // Whoever dies between printing and settling leaves what was printed to others; no error does.
        if (!wasKilled && printed.Intersect(rest).Any())
        {
            faults.Add($"{printed.Intersect(rest).First()} was settled and came again");
        }

        return faults;
    }
}
