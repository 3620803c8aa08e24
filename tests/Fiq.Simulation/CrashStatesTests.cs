using System.Collections.Concurrent;
using System.Globalization;
using Fiq.Simulation.Laws;
using Xunit.Abstractions;

namespace Fiq.Simulation;

public sealed class CrashStatesTests(ITestOutputHelper output)
{
    [Fact]
    public void Whatever_a_crash_leaves_nothing_acknowledged_is_lost()
    {
        int seeds = int.Parse(Environment.GetEnvironmentVariable("FIQ_SIM_SEEDS") ?? "2", CultureInfo.InvariantCulture);
        string only = Environment.GetEnvironmentVariable("FIQ_SIM") ?? "";
        var states = new ConcurrentDictionary<ulong, byte>();
        var found = new ConcurrentBag<Violation>();
        var jobs = Scenario.All.SelectMany(s => Enumerable.Range(1, seeds).Select(seed => (s, seed)))
            .Where(job => only.Length == 0 || $"{job.s.Name}:{job.seed}" == only || job.s.Name == only);
        Parallel.ForEach(jobs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, job =>
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            int before = states.Count;
            if (new CrashSearch(job.s, job.seed, states).Run() is Violation violation) found.Add(violation);
            output.WriteLine($"{job.s.Name}:{job.seed} {states.Count - before} states {watch.ElapsedMilliseconds} ms");
        });
        output.WriteLine("open,read,group,append,drain,again,n: " + string.Join(" ", Inspection.T.Select(t => t / 1_000_000)) + $" {Inspection.T[6]}");
        output.WriteLine($"measured: {states.Count} states");
        found.Select(each => each.ToString()).Should().BeEmpty();
    }
}
