using System.Collections.Concurrent;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;
using Fiq.Simulation.Scenarios;

namespace Fiq.Simulation.Laws;

/// <summary>A crash that breaks a law, in one line that repeats it.</summary>
internal sealed record Violation(string Scenario, int Seed, string Where, string What)
{
    public override string ToString() =>
        $"FIQ_SIM='{Scenario}:{Seed}' bash tests/simulate.sh   # {Where}: {What}";
}

/// <summary>
/// Runs a scenario, cuts its history wherever it can be cut, and inspects what each crash may have left.
/// </summary>
/// <param name="scenario">What happens.</param>
/// <param name="seed">Decides everything that is left to chance.</param>
/// <param name="states">The states of disks met so far, in this and other searches.</param>
internal sealed class CrashSearch(Scenario scenario, int seed, ConcurrentDictionary<ulong, byte> states)
{
    private const int RecoveryEvents = 60;
    private const int RepairsOnceIn = 6;

    private static readonly Guid NextBoot = new("00000000-0000-0000-0000-000000000002");

    private static readonly Profile[] PowerCuts = [Profile.P1, Profile.P2, Profile.P3, Profile.P4, Profile.P5];

    private readonly Random _random = Mixing.RandomOf(seed);
    private readonly Ledger _ledger = new();
    private readonly DurableBytes _durable = new();
    private readonly HashSet<(ulong, int)> _inspected = [];

    // Of the machine whose history is being cut: its boot, and what its clocks said at the cut.
    private Guid _boot = Workload.Boot;
    private Moment _time;

    /// <summary>Images of one profile at one cut, at most.</summary>
    public int ImagesMax { get; init; } = 6;

    /// <summary>About so many cuts of one history; every event of one that has not many times as many.</summary>
    public required int CutsMax { get; init; }

    public DiskRules Rules { get; init; } = DiskRules.Strict;

    /// <summary>The first law that is broken, or null.</summary>
    public Violation? Run()
    {
        string where = "while it ran";
        try
        {
            SimMachine machine = new Workload(scenario, seed).Run();
            var model = new CrashModel(machine.History, Rules, _random);
            int every = machine.History.Count <= 4 * CutsMax ? 1 : machine.History.Count / CutsMax;
            while (model.Cut < machine.History.Count)
            {
                where = $"after event {model.Cut}";
                _durable.Check(machine.History.Events[model.Cut], model.Cache);
                DiskEvent what = model.Advance();
                _time = machine.TimeAt(model.Cut);
                if (what is Told { What: Fact fact }) _ledger.Learn(fact);
                if (what is Told { What: Covered covered }) _durable.Learn(covered, model.Cache);
                bool saidMore = model.Cut < machine.History.Count
                    && machine.History.Events[model.Cut] is Told { What: not Fact { IsPromise: false } };
                bool saysPromise = what is Told { What: not Fact { IsPromise: false } };
                if (saysPromise && !saidMore) InspectSaid(model, ref where);
                // What is said, synced or named decides; of stores and writes there are many like the last.
                bool decides = saysPromise || what is Synced or Renamed or Removed or Created;
                if (_random.Next(decides ? Math.Max(1, every / 3) : every) != 0) continue;
                InspectCut(model, ref where);
            }

            return null;
        }
        catch (Exception error)
        {
            // Converted: a broken law, or an error that the scenario gives no reason for.
            return Broken(where, error);
        }
    }

    /// <summary>
    /// Whatever was just said must be true of a disk that holds nothing but what was promised, and as true when all
    /// processes die and everything is there that they have done.
    /// </summary>
    private void InspectSaid(CrashModel model, ref string where)
    {
        foreach (CrashImage image in new CrashImages(model, _random, ImagesMax).OfPromises())
        {
            where = $"event {model.Cut}, {image.Name}";
            Inspect(_ledger, image.Disk, NextBoot, Rules.Lies > 0 ? Ending.Lied : Ending.PowerCut, depth: 1);
        }

        where = $"event {model.Cut}, P0";
        Inspect(_ledger, model.Cache.Copy(), Workload.Boot, Ending.Killed, depth: 1);
    }

    private void InspectCut(CrashModel model, ref string where)
    {
        var images = new CrashImages(model, _random, ImagesMax);
        int cut = model.Cut;
        foreach (CrashImage image in images.Of(Profile.P0))
        {
            where = $"event {cut}, {image.Name}";
            Inspect(_ledger, image.Disk, Workload.Boot, Ending.Killed, depth: 1);
        }

        if (new BitRot(model, _random).TrySpoil() is CrashImage rotten)
        {
            where = $"event {cut}, {rotten.Name}";
            bool isWhole = Inspect(_ledger, rotten.Disk, Workload.Boot, Ending.Rotten, depth: 1);
            // It is named: more can't be asked for, but that it can be mended.
            if (!isWhole && Rules.Lies == 0 && _random.Next(RepairsOnceIn) == 0)
                new RepairSearch(_ledger, new RottenPlace(model.Cache, rotten.Disk), _random).Run(Workload.Boot, Rules);
        }

        foreach (Profile profile in PowerCuts)
        {
            foreach (CrashImage image in images.Of(profile))
            {
                where = $"event {cut}, {image.Name}";
                // The same boot: a volume that was only attached again. Other inodes: a folder that was copied.
                Guid boot = _random.Next(3) == 0 ? Workload.Boot : NextBoot;
                DiskImage disk = _random.Next(8) == 0 ? image.Disk.Renumbered(1_000_000) : image.Disk;
                if (Rules.Lies > 0) Inspect(_ledger, disk, boot, Ending.Lied, depth: 1);
                else Inspect(_ledger, disk, boot, Ending.PowerCut, depth: 2);
            }
        }
    }

    /// <summary>False when it is damaged, and said to be, where that may be.</summary>
    private bool Inspect(Ledger ledger, DiskImage disk, Guid boot, Ending ending, int depth)
    {
        ulong hash = disk.Hash();
        if (!_inspected.Add((hash ^ (ulong)boot.GetHashCode(), ledger.Count))) return true;
        states.TryAdd(hash, 0);
        var machine = new SimMachine(disk, boot, new Random(_random.Next()), ClockOf(boot));
        var inspection = new Inspection(ledger, ending) { Drains = _random.Next(16) == 0 };
        try
        {
            inspection.Run(machine, $"newcomer {depth}");
        }
        catch (FiqException error) when (ending >= Ending.Rotten && IsHonest(error))
        {
            // What rotted, or what the disk lied about, is named.
            return false;
        }

        // Of another queue the ledger knows nothing.
        if (depth > 1 && !inspection.BeganAnew && _random.Next(10) == 0) CrashAgain(ledger, machine, ending);
        return true;
    }

    /// <summary>The power fails once more, while what it left is being recovered, or soon after.</summary>
    private void CrashAgain(Ledger before, SimMachine machine, Ending ending)
    {
        (Guid boot, Moment time) = (_boot, _time);
        _boot = machine.BootId;
        Ledger ledger = before.AfterPowerCut();
        var model = new CrashModel(machine.History, Rules, _random);
        HashSet<int> cuts = [.. SecondCuts(machine.History.Count)];
        while (model.Cut < machine.History.Count)
        {
            DiskEvent what = model.Advance();
            _time = machine.TimeAt(model.Cut);
            if (what is Told { What: Fact fact }) ledger.Learn(fact);
            if (!cuts.Contains(model.Cut)) continue;
            var images = new CrashImages(model, _random, 2);
            foreach (CrashImage image in images.Of(Profile.P1).Concat(images.Of(Profile.P3)))
                Inspect(ledger, image.Disk, NextBoot, ending, depth: 1);
        }

        (_boot, _time) = (boot, time);
    }

    // Recovering stands at the beginning; behind it the newcomer goes on, and may build a group's table and drain it.
    private IEnumerable<int> SecondCuts(int count)
    {
        yield return _random.Next(1, Math.Min(count, RecoveryEvents) + 1);
        yield return _random.Next(1, Math.Min(count, RecoveryEvents) + 1);
        yield return _random.Next(1, count + 1);
        yield return count;
    }

    // Timestamps go on as long as the boot does, the wall always.
    private SimClock ClockOf(Guid boot) =>
        new(boot == _boot ? _time.Timestamp : TimeSpan.TicksPerSecond, _time.Wall);

    private static bool IsHonest(FiqException error) => error.Code is ErrorCode.Damaged or ErrorCode.Unsupported;

    private Violation Broken(string where, Exception error)
    {
        Exception first = error is AggregateException several ? several.InnerExceptions[0] : error;
        string what = first is LawBrokenException ? first.Message : $"{first}";
        return new Violation(scenario.Name, seed, where, what);
    }
}
