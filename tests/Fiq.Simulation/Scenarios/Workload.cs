using Fiq.Files;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Scenarios;

/// <summary>Runs a scenario on a machine, from a seed: the same seed is the same run, store by store.</summary>
internal sealed class Workload(Scenario scenario, int seed)
{
    public static readonly Guid Boot = new("00000000-0000-0000-0000-000000000001");

    private const int FewEffects = 120;
    private const int ManyEffects = 12_000;

    // About as long as it takes to build a group's table: so that those who come first are there when others come.
    private static readonly TimeSpan LatenessMax = TimeSpan.FromMilliseconds(15);

    // A fast disk, a usual one, and one so slow that others do all they can do meanwhile.
    private static readonly TimeSpan[] SyncTimes =
        [TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(20)];

    private readonly Random _random = Mixing.RandomOf(seed);

    /// <summary>Runs all processes to their ends.</summary>
    /// <exception cref="LawBrokenException">What somebody saw breaks a law already.</exception>
    public SimMachine Run()
    {
        var machine = new SimMachine(Beginning(), Boot, _random)
        {
            RevertsAfterFailedSync = scenario.CanFail && _random.Next(3) == 0,
            SlowestSync = SyncTimes[_random.Next(SyncTimes.Length)],
        };
        machine.HeldUp = process => machine.History.Tell(new Retired(process.Name));
        for (int life = 1; life <= scenario.Lives; life++) Live(machine, life);
        if (scenario.Pools > 0) new WorkersRun(scenario, machine).Run();
        return machine;
    }

    private void Live(SimMachine machine, int life)
    {
        using var scheduler = new Scheduler(machine, scenario.SwitchEvery);
        void Add(string name, Func<SimProcess, Actor> actor)
        {
            SimProcess process = machine.Start($"{name}{(life > 1 ? $" of life {life}" : "")}");
            this.Add(scheduler, process, actor, mustDie: life < scenario.Lives);
        }

        for (int i = 0; i < scenario.Producers; i++) Add($"p{i}", process => new Producer(scenario, process));
        string[] groups = ["default", .. scenario.MoreGroups];
        for (int i = 0; i < scenario.Consumers; i++)
        {
            string group = groups[i % groups.Length];
            Add($"c{i}", process => new Consumer(scenario, process, group));
        }

        for (int i = 0; i < scenario.Onlookers; i++) Add($"o{i}", process => new Onlooker(scenario, process));
        if (scenario.HasWeather) Add("w", process => new Weather(scenario, process));
        if (scenario.Deletes) Add("d", process => new Deleter(scenario, process));
        scheduler.Run();
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

    private void Add(Scheduler scheduler, SimProcess process, Func<SimProcess, Actor> actor, bool mustDie)
    {
        if (mustDie || (scenario.Kills && _random.Next(2) == 0)) process.Faults.EffectsLeft = SomeMoment();
        if (scenario.Stops && _random.Next(2) == 0) process.Faults.Stop = (SomeMoment(), Actor.SomeTime(_random));
        if (scenario.Failing.Count > 0) process.Faults.ErrorOf = FailNowAndThen;
        scheduler.Add(process, () =>
        {
            if (_random.Next(3) != 0) process.Rest(_random.NextDouble() * LatenessMax);
            actor(process).Run();
        });
    }

    private Errno FailNowAndThen(SystemCall call)
    {
        foreach ((string name, Errno errno) in scenario.Failing)
            if (call.Name == name && _random.Next(scenario.FailsOnceIn) == 0) return errno;
        return Errno.None;
    }

    // As likely among the first hundred effects, where a producer's life takes place, as in the thousands behind them,
    // where a consumer has built its group's table.
    private long SomeMoment() => _random.Next(_random.Next(2) == 0 ? FewEffects : ManyEffects);
}
