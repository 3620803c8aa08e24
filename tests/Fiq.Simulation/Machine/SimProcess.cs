using Fiq.Files;

namespace Fiq.Simulation.Machine;

/// <summary>A process of a simulated machine: what it has open, and whether it lives.</summary>
internal sealed class SimProcess
{
    private static readonly WaitPlace Nowhere = new(0, 0);

    private readonly List<SimFile> _open = [];
    private readonly List<SimDirectory> _directories = [];

    public SimProcess(SimMachine machine, string name)
    {
        Machine = machine;
        Name = name;
        Files = new SimFileSystem(this);
    }

    public SimMachine Machine { get; }

    public string Name { get; }

    public IFileSystem Files { get; }

    public FaultPlan Faults { get; } = new();

    public bool IsKilled { get; private set; }

    /// <summary>The only thread that may act for it; null: any.</summary>
    public Thread? Thread { get; set; }

    /// <summary>It is stopped (SIGSTOP) until then, by the machine's clock.</summary>
    public long StoppedUntil { get; private set; }

    /// <summary>Something that only looks.</summary>
    public void Look()
    {
        CheckAlive();
        Machine.Schedule.Step(this);
        CheckAlive();
        Machine.NoteTime();
    }

    /// <summary>A call that only looks, and may fail.</summary>
    public void Ask(string call, string file)
    {
        Look();
        FailIfPlanned(call, file);
    }

    /// <summary>Something that changes what others see.</summary>
    public void Effect()
    {
        CheckAlive();
        Machine.Schedule.Step(this);
        CheckAlive();
        Machine.NoteTime();
        if (Faults.CountDies())
        {
            Kill();
            Machine.HeldUp(this);
            throw new KilledException();
        }

        if (Faults.CountStops() is TimeSpan time) Stop(time);
    }

    /// <summary>SIGSTOP, and SIGCONT after that long: it does not come beyond its next step before.</summary>
    public void Stop(TimeSpan time)
    {
        StoppedUntil = Machine.Clock.GetTimestamp() + time.Ticks;
        Machine.HeldUp(this);
    }

    /// <summary>A call that changes something, and may fail.</summary>
    public void Call(string name, string file)
    {
        Effect();
        FailIfPlanned(name, file);
    }

    /// <summary>Sleeps that long: nobody wakes it.</summary>
    public void Rest(TimeSpan time) => Machine.Schedule.Sleep(this, Nowhere, time);

    /// <summary>SIGKILL: the kernel closes what it has open, and frees its locks.</summary>
    public void Kill()
    {
        if (IsKilled) return;
        IsKilled = true;
        foreach (SimFile file in _open.ToList()) file.CloseByKernel();
        foreach (SimDirectory directory in _directories.ToList()) directory.CloseByKernel();
    }

    public void Opened(SimFile file) => _open.Add(file);

    public void Closed(SimFile file) => _open.Remove(file);

    public void Opened(SimDirectory directory) => _directories.Add(directory);

    public void Closed(SimDirectory directory) => _directories.Remove(directory);

    private void FailIfPlanned(string call, string file)
    {
        Errno errno = Faults.ErrorOf(new SystemCall(call, file));
        if (errno != Errno.None) throw new FileSystemException(call, file, errno, "injected");
    }

    private void CheckAlive()
    {
        // What the product leaves to a thread of its own would come at another moment each time. Such a thread finds
        // that nothing works, before it has done anything; nobody relies on what it does.
        if (Thread is not null && Thread != Thread.CurrentThread)
            throw new FileSystemException("run", Name, Errno.TryAgain, "not a thread of the simulation");
        if (IsKilled) throw new KilledException();
    }
}
