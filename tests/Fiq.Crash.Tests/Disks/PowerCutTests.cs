using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Xunit.Abstractions;

namespace Fiq.Crash.Tests.Disks;

/// <summary>Real power cuts on a real ext4. What the rig can find is shown in <see cref="PowerCutRigTests"/>.</summary>
[Collection(Alone.Name)]
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int HistoriesAtATime = 2;
    private const int CutsEach = 13;
    private const int SettledLines = 50;

    /// <summary>How many cuts, or as many as FIQ_POWER_CUTS says.</summary>
    private static readonly int Cuts = Number("FIQ_POWER_CUTS", 4 * CutsEach);

    /// <summary>The schedules' first seed; FIQ_POWER_CUT_SEED repeats the one that a failure names.</summary>
    private static readonly int FirstSeed = Number("FIQ_POWER_CUT_SEED", 20_261_127);

    [LoopFact]
    public async Task Whenever_the_power_goes_everything_acknowledged_is_there_once_and_nothing_printed_vanishes()
    {
        var histories = Enumerable.Range(FirstSeed, (Cuts + CutsEach - 1) / CutsEach);
        var ended = new List<(int Cuts, CutLedger Ledger)>();
        var atATime = new ParallelOptions { MaxDegreeOfParallelism = HistoriesAtATime };
        await Parallel.ForEachAsync(histories, atATime, async (seed, _) =>
        {
            using var history = new CutHistory(seed);
            try
            {
                await history.RunAsync(CutsEach);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"FIQ_POWER_CUT_SEED={seed} FIQ_POWER_CUTS=1: {history}", error);
            }

            lock (ended)
            {
                ended.Add((history.Cuts, history.Ledger));
            }
        });

        ended.Sum(history => history.Cuts).Should().BeGreaterThanOrEqualTo(Cuts);
        var ledgers = ended.Select(history => history.Ledger).ToList();
        output.WriteLine(
            $"measured: {ended.Sum(history => history.Cuts)} power cuts: "
            + $"{ledgers.Sum(ledger => ledger.AckedCount)} messages acknowledged around them, "
            + $"{ledgers.Sum(ledger => ledger.Repeats)} printed again, of which the oldest had been printed "
            + $"{ledgers.Max(ledger => ledger.OldestRepeatMilliseconds):0} ms before its cut");
    }

    [LoopFact]
    public async Task What_was_settled_a_while_before_the_power_went_does_not_come_again()
    {
        using var disk = LoopDisk.Create(64);
        var lines = string.Concat(Enumerable.Range(0, SettledLines).Select(number => Load.LineOf($"early-{number}")));
        (await FiqProcess.RunAsync(disk.Command("produce", CutHistory.Queue), lines)).ExitCode.Should().Be(0);
        await using var consumer = FiqProcess.Start(Load.Consuming(disk, "default"));
        await consumer.Output.WaitForCountAsync(SettledLines);

        // Thirty times as long as a settlement may wait to be synced, because this machine may be busy.
        await Task.Delay(TimeSpan.FromSeconds(3));
        disk.CutPower(PowerCut.AtOnce);
        await Load.KillAsync(consumer);
        disk.Reattach();
        var again = await FiqProcess.RunAsync(Load.Consuming(disk, "default", "--until-empty"));
        again.ExitCode.Should().Be(0, "{0}", again);
        again.Output.Lines.Should().BeEmpty();
    }

    private static int Number(string variable, int otherwise)
    {
        return int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
    }
}
