using Fiq.Engine;
using Fiq.Files;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Scenarios;

/// <summary>Only looks: it must change nothing, whatever the others do.</summary>
internal sealed class Onlooker(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    protected override bool TryVisit()
    {
        using IDirectory store = Process.Files.OpenDirectory("/");
        for (int turn = 0; turn < Scenario.Turns; turn++)
        {
            using QueueFolder? folder = QueueFolder.TryOpen(store, Opened.Name, Opened.OptionsOf(Process));
            if (folder is null) return false;
            QueueDescription seen = QueueDescriber.Describe(folder);
            LawBrokenException.Unless(
                seen.FirstOffset <= seen.Watermark && seen.Watermark <= seen.NextOffset, "I3",
                $"an onlooker sees {seen.FirstOffset}, {seen.Watermark}, {seen.NextOffset}");
        }

        return true;
    }
}
