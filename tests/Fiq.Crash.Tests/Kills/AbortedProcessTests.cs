using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Kills;

/// <summary>A process that ends itself, as by FailFast or a wild pointer: for all others a kill like any.</summary>
public sealed class AbortedProcessTests : IDisposable
{
    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task When_a_process_aborts_the_others_go_on_and_take_over_what_it_had()
    {
        await _queue.CreateAsync();
        await using var witness = await _queue.StartProducerAsync("witness");
        await using var producer = await _queue.StartProducerAsync("aborted");
        await AbortAsync(producer);
        await _queue.SendAsync(witness, "goes-on");

        await using var consumer = FiqProcess.Start(_queue.Fiq("consume", LedgeredQueue.Name, "--json"));
        await consumer.Output.WaitForCountAsync(3);
        await AbortAsync(consumer);
        await _queue.SendAsync(witness, "after");
        witness.EndInput();
        (await witness.EndAsync()).ExitCode.Should().Be(0);

        // What it had printed may not have been settled when it died.
        var next = await FiqProcess.RunAsync(_queue.Fiq("consume", LedgeredQueue.Name, "--until-empty", "--json"));
        next.ExitCode.Should().Be(0, "{0}", next);
        await _queue.ShouldHaveEverythingAsync(
            [.. Printed.In(consumer.Output).Concat(Printed.In(next.Output)).Distinct()]);
    }

    /// <summary>The run-time takes the first signal from outside for itself, and dies of the second.</summary>
    private static async Task AbortAsync(FiqProcess process)
    {
        var end = process.EndAsync();
        while (!end.IsCompleted && Signals.TrySend(process.Id, Signal.Abort))
        {
            await Task.WhenAny(end, Task.Delay(200));
        }

        (await end).ExitCode.Should().Be(128 + (int)Signal.Abort);
    }
}
