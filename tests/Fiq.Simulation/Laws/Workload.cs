using Fiq.Files;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Laws;

/// <summary>Runs a scenario on a machine, from a seed: the same seed is the same run, store by store.</summary>
internal sealed class Workload(Scenario scenario, int seed)
{
    public static readonly Guid Boot = new("00000000-0000-0000-0000-000000000001");

    private readonly Random _random = new(seed);

    /// <summary>Runs all processes to their ends.</summary>
    /// <exception cref="LawBrokenException">What somebody saw breaks a law already.</exception>
    public SimMachine Run()
    {
        var machine = new SimMachine(Beginning(), Boot, _random)
        {
            RevertsAfterFailedSync = scenario.CanFail && _random.Next(2) == 0,
        };
        using var scheduler = new Scheduler(machine, scenario.SwitchEvery);
        for (int i = 0; i < scenario.Producers; i++)
            Add(scheduler, machine.Start($"p{i}"), process => new Producer(scenario, process));
        string[] groups = ["default", .. scenario.MoreGroups];
        for (int i = 0; i < scenario.Consumers; i++)
        {
            string group = groups[i % groups.Length];
            Add(scheduler, machine.Start($"c{i}"), process => new Consumer(scenario, process, group));
        }

        for (int i = 0; i < scenario.Onlookers; i++)
            Add(scheduler, machine.Start($"o{i}"), process => new Onlooker(scenario, process));
        if (scenario.HasWeather) Add(scheduler, machine.Start("w"), process => new Weather(scenario, process));
        if (scenario.Deletes) Add(scheduler, machine.Start("d"), process => new Deleter(scenario, process));
        scheduler.Run();
        if (scenario.Pools > 0) new WorkersRun(scenario, machine).Run();
        return machine;
    }

    /// <summary>An empty disk, or one on which the queue lies, whole and durable.</summary>
    private DiskImage Beginning()
    {
        if (scenario.IsNew) return new DiskImage();
        var machine = new SimMachine(new DiskImage(), Boot, _random);
        using (Opened.TryOpen(machine.Start("maker"), new QueueSettings { SegmentBytes = scenario.SegmentBytes }))
        {
            // Made by opening it.
        }

        return machine.History.Now.Copy();
    }

    private void Add(Scheduler scheduler, SimProcess process, Func<SimProcess, Actor> actor)
    {
        if (scenario.Kills && _random.Next(2) == 0) process.Faults.EffectsLeft = _random.Next(1_500);
        if (scenario.Failing.Count > 0) process.Faults.ErrorOf = FailNowAndThen;
        scheduler.Add(process, () =>
        {
            if (scenario.Stops && _random.Next(2) == 0) StopSomewhere(process);
            actor(process).Run();
        });
    }

    private Errno FailNowAndThen(SystemCall call)
    {
        foreach ((string name, Errno errno) in scenario.Failing)
            if (call.Name == name && _random.Next(scenario.FailsOnceIn) == 0) return errno;
        return Errno.None;
    }

    // Stopped after some effect, for longer than anybody waits, or not so long.
    private void StopSomewhere(SimProcess process)
    {
        long at = _random.Next(1_500);
        Func<SystemCall, Errno> fails = process.Faults.ErrorOf;
        process.Faults.ErrorOf = call =>
        {
            if (at >= 0 && process.Faults.Effects >= at)
            {
                at = -1;
                process.Stop(TimeSpan.FromMilliseconds(_random.Next(30_000)));
            }

            return fails(call);
        };
    }
}
