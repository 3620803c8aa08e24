using Fiq.Engine;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Workers;

namespace Fiq.Simulation.Scenarios;

/// <summary>
/// The real worker pool on a simulated machine: consumers that work until the group is empty, whose receivers read
/// slowly or go away, and who are killed at some effect. The pool's threads are real, so their order is not repeated by
/// a seed; each call to the machine is one step, and every fact stands where it happened.
/// </summary>
internal sealed class WorkersRun(Scenario scenario, SimMachine machine)
{
    // They ask for messages as often as a real machine lets them.
    private const long StepsMax = 50_000_000;

    private readonly Lock _machineGate = new();

    /// <summary>Runs all to their ends.</summary>
    /// <exception cref="LawBrokenException">Something was settled before its result had arrived, or twice.</exception>
    public void Run()
    {
        machine.Schedule = new AloneSchedule(machine.Clock, StepsMax);
        var runs = new List<Task>();
        for (int i = 0; i < scenario.Pools; i++)
        {
            SimProcess process = machine.Start($"pool {i}");
            if (scenario.Kills && machine.Random.Next(2) == 0) process.Faults.EffectsLeft = machine.Random.Next(3_000);
            runs.Add(RunAsync(process));
        }

        Task.WaitAll([.. runs]);
    }

    private async Task RunAsync(SimProcess process)
    {
        try
        {
            using PooledConsumer consumer = PooledConsumer.Open(process, _machineGate);
            var writer = new SlowReceiver(consumer, new Random(Next()));
            var options = new ConsumptionOptions { Workers = 3, StopRule = new StopRule { UntilEmpty = true } };
            await new Consumption(consumer, new Work(), writer, options).RunAsync().ConfigureAwait(false);
        }
        catch (KilledException)
        {
            // Converted: it is what the scenario wanted.
            lock (_machineGate) process.Kill();
        }
        catch (FiqException error) when (error.Code is ErrorCode.Busy or ErrorCode.QueueNotFound && scenario.Kills)
        {
            // Converted: told so, a process ends.
            lock (_machineGate) process.Kill();
        }
    }

    private int Next()
    {
        lock (_machineGate) return machine.Random.Next();
    }

    private sealed class Work : IMessageHandler
    {
        public async ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes what was written in its own time, and may go away with some of it still under way.</summary>
    private sealed class SlowReceiver(PooledConsumer consumer, Random random) : IResultWriter
    {
        private readonly List<long> _written = [];
        private readonly int _goesAfter = random.Next(3) == 0 ? random.Next(12) : int.MaxValue;
        private int _arrived;

        public bool IsFull => _written.Count - _arrived > 8;

        public CancellationToken Gone => CancellationToken.None;

        public void Write(in WorkResult result) => _written.Add(result.Delivery.Offset);

        public ValueTask<WriterProgress> FlushAsync(CancellationToken cancellation)
        {
            int reads = Math.Min(random.Next(1, 5), _written.Count - _arrived);
            for (; reads > 0 && _arrived < _goesAfter; reads--) consumer.HasArrived(_written[_arrived++]);
            return new ValueTask<WriterProgress>(new WriterProgress(_arrived, _arrived >= _goesAfter));
        }
    }
}
