namespace Fiq.Simulation.Machine;

/// <summary>One process has the machine for itself, on the thread of the test.</summary>
/// <param name="clock">Goes on with each step.</param>
/// <param name="stepsMax">Who takes more gets nowhere.</param>
internal sealed class AloneSchedule(SimClock clock, long stepsMax = AloneSchedule.OpeningSteps) : ISchedule
{
    // Opening and draining takes some ten thousand.
    private const long OpeningSteps = 2_000_000;

    private static readonly TimeSpan StepTime = TimeSpan.FromMicroseconds(1);

    private long _steps;

    public void Step(SimProcess process)
    {
        clock.Advance(StepTime);
        if (++_steps > stepsMax) throw new InvalidOperationException($"no end after {stepsMax} steps");
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
