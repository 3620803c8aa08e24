using Fiq.Files;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Storage;

namespace Fiq.Simulation.Scenarios;

/// <summary>Appends messages and notes what it was answered.</summary>
internal sealed class Producer(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    private const int CommitEffects = 25;

    // Of so many messages one is to wait for a time of its own.
    private const int DelaysOnceIn = 4;

    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan DelayMax = TimeSpan.FromMilliseconds(20);

    private int _commits;

    protected override bool TryVisit()
    {
        // Once deleted it stays so: the first one makes the queue, and the others come when it is there.
        bool makesIt = !Scenario.Deletes || (Process.Name == "p0" && _commits == 0);
        if (!makesIt) WaitForQueue();
        if (Random.Next(2) == 0) Process.Rest(Random.NextDouble() * PauseMax);
        using Opened? opened = Opened.TryOpen(Process, makesIt ? Settings : null);
        if (opened is null) return false;
        for (int turn = 0; turn < Scenario.Turns; turn++)
        {
            if (Random.Next(2) == 0) Process.Rest(Random.NextDouble() * PauseMax);
            WhateverHappens(CommitEffects);
            Commit(opened);
        }

        return true;
    }

    private Traits SomeTraits()
    {
        Traits traits = Traits.Plain;
        if (Scenario.Keys > 0) traits = traits with { Key = $"k{Random.Next(Scenario.Keys)}" };
        if (!Scenario.Delays || Random.Next(DelaysOnceIn) != 0) return traits;
        DateTimeOffset time = Process.Machine.Clock.GetUtcNow() + (Random.NextDouble() * DelayMax);
        return traits with { NotBefore = (long)(time - DateTimeOffset.UnixEpoch).TotalMicroseconds };
    }

    private void Commit(Opened opened)
    {
        int number = _commits++;
        int count = Random.Next(1, 4);
        string[] bodies =
        [
            .. Enumerable.Range(0, count).Select(
                i => $"{Process.Name} {number}.{i}{SomeTraits()} {new string('x', Random.Next(Scenario.PaddingMax))}"),
        ];
        Tell(new Invoked(Process.Name, number, bodies));
        try
        {
            long offset = opened.Append(bodies, careMayFail: Scenario.CanFail);
            Tell(new Acked(Process.Name, number, offset));
            LogMark watermark = opened.Log.Watermark;
            Tell(new Covered(watermark.Segment.ToString(), watermark.Position));
        }
        catch (FiqException error) when (error.Code is ErrorCode.DiskFull or ErrorCode.Failed or ErrorCode.Busy)
        {
            // Converted into what the caller may rely on: nothing was stored.
            Tell(new Refused(Process.Name, number));
            if (error.Code == ErrorCode.Busy) throw;
        }
        catch (FileSystemException)
        {
            // Converted likewise: callers are told that it failed, and that means that nothing was stored.
            Tell(new Refused(Process.Name, number));
        }
    }
}
