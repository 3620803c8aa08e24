using Fiq.Engine;
using Fiq.Files;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Scenarios;

/// <summary>Deletes the queue while the others use it.</summary>
internal sealed class Deleter(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    protected override bool TryVisit()
    {
        WaitForQueue();
        using IDirectory store = Process.Files.OpenDirectory("/");
        for (int step = Random.Next(3_000); step > 0; step--) Process.Look();
        Tell(new DeletionBegun());
        bool deleted = new QueueLifecycle(store, Opened.OptionsOf(Process)).TryDelete(Opened.Name);
        if (deleted) Tell(new QueueDeleted());
        return false;
    }
}
