namespace Fiq.Simulation.Machine;

/// <summary>
/// Runs several processes of a machine, each on a thread of its own and one at a time. At every step a seeded choice
/// says who goes on, so a run with the same seed is the same run. When all sleep, the clock jumps to the first alarm.
/// </summary>
internal sealed class Scheduler : ISchedule, IDisposable
{
    private static readonly TimeSpan StepTime = TimeSpan.FromMicroseconds(1);

    // A protocol that gets nowhere takes steps for ever: no scenario comes near this number.
    private const long StepsMax = 3_000_000;

    private readonly SimMachine _machine;
    private readonly int _switchEvery;
    private readonly Dictionary<SimProcess, Seat> _seats = [];
    private readonly SemaphoreSlim _allDone = new(0);
    private long _steps;

    /// <param name="machine">Whose clock and chance are used.</param>
    /// <param name="switchEvery">About so many steps until another process goes on.</param>
    public Scheduler(SimMachine machine, int switchEvery)
    {
        _machine = machine;
        _switchEvery = switchEvery;
        machine.Schedule = this;
    }

    /// <summary>What a process does. Runs once all have been added.</summary>
    public void Add(SimProcess process, Action body) => _seats[process] = new Seat(process, body);

    /// <summary>Runs all to their ends; throws what any of them threw, but for being killed.</summary>
    public void Run()
    {
        if (_seats.Count == 0) return;
        foreach (Seat seat in _seats.Values)
        {
            seat.Thread = new Thread(() => Sit(seat), 512 * 1024) { IsBackground = true };
            seat.Thread.Start();
        }

        Choose().Turn.Release();
        _allDone.Wait();
        foreach (Seat seat in _seats.Values) seat.Thread!.Join();
        _machine.Schedule = new AloneSchedule(_machine.Clock);
        List<Exception> failures = [.. _seats.Values.Select(seat => seat.Failure).OfType<Exception>()];
        if (failures.Count > 0) throw new AggregateException(failures);
    }

    public void Step(SimProcess process)
    {
        _machine.Clock.Advance(StepTime);
        CountStep();
        Seat seat = _seats[process];
        bool isStopped = process.StoppedUntil > _machine.Clock.GetTimestamp();
        if (!isStopped && _machine.Random.Next(_switchEvery) != 0) return;
        if (isStopped) seat.Until = process.StoppedUntil;
        GoOn(seat);
    }

    public void Sleep(SimProcess process, WaitPlace place, TimeSpan limit)
    {
        CountStep();
        Seat seat = _seats[process];
        seat.Until = _machine.Clock.GetTimestamp() + limit.Ticks;
        seat.Place = place;
        GoOn(seat);
    }

    public void Wake(WaitPlace place)
    {
        foreach (Seat seat in _seats.Values)
        {
            if (seat.Place != place) continue;
            seat.Place = null;
            seat.Until = seat.Process.StoppedUntil;
        }
    }

    public void Dispose()
    {
        foreach (Seat seat in _seats.Values) seat.Turn.Dispose();
        _allDone.Dispose();
    }

    private void CountStep()
    {
        if (++_steps > StepsMax) throw new InvalidOperationException($"no end after {StepsMax} steps");
    }

    private void Sit(Seat seat)
    {
        seat.Turn.Wait();
        seat.Process.Thread = Thread.CurrentThread;
        try
        {
            seat.Body();
        }
        catch (KilledException)
        {
            // Converted: it is what the scenario wanted. The kernel has closed what it had open.
            seat.Process.Kill();
        }
        catch (Exception error)
        {
            // Converted: told when all have ended.
            seat.Failure = error;
            seat.Process.Kill();
        }

        seat.IsDone = true;
        if (_seats.Values.All(each => each.IsDone)) _allDone.Release();
        else Choose().Turn.Release();
    }

    private void GoOn(Seat seat)
    {
        Seat next = Choose();
        if (next == seat) return;
        next.Turn.Release();
        seat.Turn.Wait();
    }

    private Seat Choose()
    {
        long now = _machine.Clock.GetTimestamp();
        bool IsReady(Seat seat) => !seat.IsDone && (seat.Until <= now || seat.Process.IsKilled);
        List<Seat> ready = [.. _seats.Values.Where(IsReady)];
        if (ready.Count == 0)
        {
            Seat first = _seats.Values.Where(seat => !seat.IsDone).MinBy(seat => seat.Until)!;
            _machine.Clock.Advance(TimeSpan.FromTicks(first.Until - now));
            ready = [first];
        }

        Seat chosen = ready[_machine.Random.Next(ready.Count)];
        chosen.Until = 0;
        chosen.Place = null;
        return chosen;
    }

    private sealed class Seat(SimProcess process, Action body)
    {
        public SimProcess Process { get; } = process;

        public Action Body { get; } = body;

        public SemaphoreSlim Turn { get; } = new(0);

        public Thread? Thread { get; set; }

        /// <summary>It sleeps until then; 0 when it is ready.</summary>
        public long Until { get; set; }

        public WaitPlace? Place { get; set; }

        public bool IsDone { get; set; }

        public Exception? Failure { get; set; }
    }
}
