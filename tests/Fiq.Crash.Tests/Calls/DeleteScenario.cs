using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Calls;

/// <summary>A queue is deleted: afterwards it is whole, or it is gone.</summary>
internal sealed class DeleteScenario : Scenario
{
    public override string Name => "delete";

    public override IReadOnlyList<string> Arguments => ["queue", "delete", Queue, "--yes"];

    public override async Task PrepareAsync(TemporaryStore store, Ledger ledger)
    {
        await Open(store).CreateAsync();
        await ProduceAsync(store, ledger, Messages("old-", 3));
    }

    public override async Task<IReadOnlyList<string>> FaultsAsync(
        TemporaryStore store, Ledger ledger, FiqResult result, bool wasKilled)
    {
        var queue = Open(store);
        var faults = new List<string>();
        if (await queue.ExistsAsync())
        {
            faults.AddRange(ledger.Faults(await queue.DrainAsync()));
            if (result.ExitCode == 0)
            {
                faults.Add("it ended as if the queue were deleted");
            }

            await queue.DeleteAsync();
        }

        var anew = new Ledger();
        await ProduceAsync(store, anew, Messages("new-", 2));
        faults.AddRange(anew.Faults(await queue.DrainAsync()));
        faults.AddRange(await LeftOversAsync(store));
        return faults;
    }
}
