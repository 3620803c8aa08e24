using System.Collections.Concurrent;
using System.Globalization;
using Fiq.Simulation.Persistence;
using Fiq.Simulation.Scenarios;

namespace Fiq.Simulation.Laws;

/// <summary>Many searches: every scenario with one seed after the other, on all processors.</summary>
/// <param name="report">Told what each search has met.</param>
internal sealed class Campaign(Action<string> report)
{
    // A deliberate bug shows at many places of a history, or in few places of the next one.
    private const int FewCuts = 40;
    private const int CutsMax = 70;

    private readonly ConcurrentDictionary<ulong, byte> _states = [];
    private readonly ConcurrentQueue<Violation> _violations = [];
    private int _runs;

    /// <summary>Different disks that were inspected.</summary>
    public int States => _states.Count;

    /// <summary>Histories that were cut.</summary>
    public int Runs => _runs;

    /// <summary>Broken laws, each as the line that repeats it.</summary>
    public IEnumerable<string> Violations => _violations.Select(each => each.ToString());

    /// <summary>Rounds of all scenarios until so many states were met.</summary>
    public void RunUntil(int states) => RunRounds(() => States < states);

    /// <summary>Rounds of all scenarios for that long, from a seed that is different each time.</summary>
    public void RunFor(TimeSpan time)
    {
        long start = Environment.TickCount64;
        RunRounds(
            () => Environment.TickCount64 - start < time.TotalMilliseconds,
            (int)(DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond % 1_000_000) * 1_000);
    }

    /// <summary>One search: "scenario:seed".</summary>
    public void RunOne(string name)
    {
        int colon = name.LastIndexOf(':');
        string scenario = colon < 0 ? name : name[..colon];
        int seed = colon < 0 ? 1 : int.Parse(name[(colon + 1)..], CultureInfo.InvariantCulture);
        Search(Scenario.All.Single(each => each.Name == scenario), seed);
    }

    /// <summary>These scenarios with these seeds, until a law is broken; null when none is.</summary>
    public string? FirstViolation(IEnumerable<string> scenarios, int seeds)
    {
        foreach (int seed in Enumerable.Range(1, seeds))
        {
            foreach (string name in scenarios)
            {
                Search(Scenario.All.Single(each => each.Name == name), seed, FewCuts);
                if (_violations.TryPeek(out Violation? found)) return $"{found}";
            }
        }

        return null;
    }

    private void RunRounds(Func<bool> goesOn, int firstSeed = 1)
    {
        for (int seed = firstSeed; goesOn() && _violations.IsEmpty; seed++)
        {
            var processors = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
            // One after the other as they come: the longest ones must not wait for each other on one processor.
            var turns = Partitioner.Create(Scenario.All, EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(turns, processors, scenario =>
            {
                // Each scenario has its turn in the first round.
                if (seed == firstSeed || goesOn()) Search(scenario, seed);
            });
        }
    }

    private void Search(Scenario scenario, int seed, int cutsMax = CutsMax)
    {
        long start = Environment.TickCount64;
        var search = new CrashSearch(scenario, seed, _states) { Rules = RulesOf(scenario, seed), CutsMax = cutsMax };
        Violation? violation = search.Run();
        Interlocked.Increment(ref _runs);
        if (violation is not null) _violations.Enqueue(violation);
        report(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Name}:{seed} {Environment.TickCount64 - start} ms, {States} states so far {violation}"));
    }

    // The kinds of disks take turns, in each round over the scenarios and in each scenario over the rounds; one that
    // lies is asked for less.
    private static DiskRules RulesOf(Scenario scenario, int seed)
    {
        int turn = (seed + Scenario.All.ToList().IndexOf(scenario)) % 4;
        return scenario.Lies
            ? new DiskRules(Lies: 0.3)
            : new DiskRules(SyncsOwnName: turn == 3, SplitsRenames: turn == 2);
    }
}
