using Fiq.Files;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;

namespace Fiq.Simulation.Scenarios;

/// <summary>What one process does in a scenario; it tells the history what it was told.</summary>
internal abstract class Actor(Scenario scenario, SimProcess process)
{
    private const int LooksMax = 1_000;

    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockJumpMax = TimeSpan.FromHours(30);

    protected Scenario Scenario { get; } = scenario;

    protected SimProcess Process { get; } = process;

    /// <summary>For as long as somebody is stopped: longer than anybody waits, or not so long.</summary>
    public static TimeSpan SomeTime(Random random) => random.NextDouble() * StopMax;

    protected Random Random => Process.Machine.Random;

    protected QueueSettings Settings => new() { SegmentBytes = Scenario.SegmentBytes };

    public void Run()
    {
        for (int visit = 0; visit < Scenario.Visits; visit++)
        {
            try
            {
                if (!TryVisit()) return;
            }
            catch (FiqException error) when (IsExpected(error))
            {
                // Converted: a process that is told so ends, and the next visit begins anew.
                continue;
            }
            catch (FileSystemException error) when (Scenario.CanFail)
            {
                // Converted likewise, where an end of the membership meets the failing disk.
                if (error.Errno is Errno.None) throw;
            }
        }
    }

    /// <summary>Comes, works and leaves; false when there is nothing more to do.</summary>
    protected abstract bool TryVisit();

    /// <summary>
    /// Now and then it is stopped or killed in what it does next: coming and leaving has many more effects, and those
    /// of the work are the ones that matter. And somebody sets the clock.
    /// </summary>
    protected void WhateverHappens(int effects)
    {
        if (Scenario.Stops && Random.Next(Scenario.StopsOnceIn) == 0)
            Process.Faults.Stop = (Random.Next(effects), SomeTime(Random));
        if (Scenario.Kills && Random.Next(Scenario.KillsOnceIn) == 0) Process.Faults.EffectsLeft = Random.Next(effects);
        if (Scenario.Stops && Random.Next(10) == 0)
            Process.Machine.Clock.Set((Random.NextDouble() - 0.5) * 2 * ClockJumpMax);
    }

    /// <summary>Sleeps until somebody has made the queue, or long enough.</summary>
    protected void WaitForQueue()
    {
        for (int i = 0; i < LooksMax && !Process.Machine.History.WasTold<QueueMade>(); i++)
            Process.Rest(TimeSpan.FromMilliseconds(1));
    }

    protected void Tell(object fact) => Process.Machine.History.Tell(fact);

    private bool IsExpected(FiqException error) => error.Code switch
    {
        ErrorCode.Busy or ErrorCode.Unknown => Scenario.Stops || Scenario.CanFail || Scenario.Kills,
        ErrorCode.DiskFull or ErrorCode.Failed => Scenario.CanFail,
        // A place that can't be read is named as one that is damaged.
        ErrorCode.Damaged => Scenario.Failing.Any(each => each.Call == "read"),
        ErrorCode.QueueNotFound or ErrorCode.GroupNotFound => Scenario.Deletes,
        _ => false,
    };
}
