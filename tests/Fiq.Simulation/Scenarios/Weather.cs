using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;
using Fiq.Storage;

namespace Fiq.Simulation.Scenarios;

/// <summary>
/// Not of ours: now and then writing back the tail segment fails without anybody having asked for it, most of all
/// while somebody is held up in his work; only those who have it open will be told.
/// </summary>
internal sealed class Weather(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    private const int StormsMax = 4;

    private static readonly TimeSpan CalmMax = TimeSpan.FromMilliseconds(6);

    protected override bool TryVisit()
    {
        Process.Machine.HeldUp += _ =>
        {
            if (Random.Next(2) == 0) Strike();
        };
        for (int storm = 0; storm < StormsMax; storm++)
        {
            Process.Rest(Random.NextDouble() * CalmMax);
            Strike();
        }

        return false;
    }

    private void Strike()
    {
        DiskImage disk = Process.Machine.History.Now;
        if (!disk.Entries(DiskImage.Root).TryGetValue(Opened.Name.ToString(), out long queue)) return;
        IEnumerable<string> segments = disk.Entries(queue).Keys.Where(name => SegmentName.TryParse(name, out _));
        if (segments.LastOrDefault() is string tail) Process.Machine.FailWriteBack(disk.Entries(queue)[tail]);
    }
}
