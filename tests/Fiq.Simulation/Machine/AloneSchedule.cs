namespace Fiq.Simulation.Machine;

/// <summary>One process has the machine for itself, on the thread of the test.</summary>
internal sealed class AloneSchedule(SimClock clock) : ISchedule
{
    private static readonly TimeSpan StepTime = TimeSpan.FromMicroseconds(1);

    // Opening and draining takes some ten thousand steps; who takes so many gets nowhere.
    private const long StepsMax = 2_000_000;

    private long _steps;

    public void Step(SimProcess process)
    {
        clock.Advance(StepTime);
        if (++_steps > StepsMax) throw new InvalidOperationException($"no end after {StepsMax} steps");
    }

    public void Sleep(SimProcess process, WaitPlace place, TimeSpan limit)
    {
        Step(process);
        clock.Advance(limit);
    }

    public void Wake(WaitPlace place)
    {
        // Nobody else is there who could sleep.
    }
}
