namespace Fiq.Simulation.Machine;

/// <summary>Decides which process of a machine runs. Every system call and shared access asks it.</summary>
internal interface ISchedule
{
    /// <summary>The process is about to do something that others may see; another one may go first.</summary>
    void Step(SimProcess process);

    /// <summary>The process sleeps until it is woken there, or the time is over.</summary>
    void Sleep(SimProcess process, WaitPlace place, TimeSpan limit);

    /// <summary>Wakes all that sleep there.</summary>
    void Wake(WaitPlace place);
}

/// <summary>What a process may sleep on: a byte of a file, as a lock or as a futex word.</summary>
internal readonly record struct WaitPlace(long Inode, long At);
