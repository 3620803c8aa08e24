using System.Diagnostics;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Strangers;

/// <summary>A file whose locks and pages processes share is replaced under them, as by a restored backup.</summary>
public sealed class ReplacedFileTests : IDisposable
{
    private const int Damaged = 7;

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_producer_whose_control_file_is_replaced_or_removed_stops_and_says_so(bool replaced)
    {
        await _queue.CreateAsync();
        var ended = await ExchangeUnderAProducerAsync(_queue.Control, replaced);
        ended.Errors.Text.Should().Contain("control").And.Contain("replaced or removed");
        if (replaced)
        {
            var stored = await new OpenQueue(_queue.Store.Path, LedgeredQueue.Name).DrainAsync();
            stored.Select(found => (found.Offset, found.Key)).Should().Contain(
                ResultLine.In(ended.Output).Select(line => (line.Offset, line.Key)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_producer_whose_tail_segment_is_replaced_or_removed_stops_and_says_so(bool replaced)
    {
        await _queue.CreateAsync();
        var tail = Directory.GetFiles(_queue.Store.QueuePath(LedgeredQueue.Name), "*.log").Max()!;
        var ended = await ExchangeUnderAProducerAsync(tail, replaced);
        ended.Errors.Text.Should().Contain(Path.GetFileName(tail)).And.Contain("replaced or removed");
    }

    [Fact]
    public async Task A_consumer_whose_leases_are_replaced_stops_and_says_so_and_the_next_one_goes_on()
    {
        await _queue.StoreAsync(("first", "body"));
        await using var consumer = FiqProcess.Start(_queue.Fiq("consume", LedgeredQueue.Name, "--json"));
        await consumer.Output.WaitForCountAsync(1);
        Exchange(_queue.Leases, replaced: true);
        var ended = await consumer.EndAsync();
        ended.ExitCode.Should().Be(Damaged, "{0}", ended);
        ended.Errors.Text.Should().Contain("leases").And.Contain("replaced");
        await _queue.StoreAsync(("second", "body"));
        var next = await FiqProcess.RunAsync(_queue.Fiq("consume", LedgeredQueue.Name, "--until-empty", "--json"));
        next.ExitCode.Should().Be(0, "{0}", next);
        Printed.In(next.Output).Should().Contain(found => found.Key == "second");
        await _queue.ShouldHaveEverythingAsync(
            [.. Printed.In(ended.Output).Concat(Printed.In(next.Output)).Distinct()]);
    }

    private async Task<FiqResult> ExchangeUnderAProducerAsync(string file, bool replaced)
    {
        await using var producer = await _queue.StartProducerAsync("first");
        Exchange(file, replaced);

        // Asked once a second.
        var patience = Stopwatch.StartNew();
        for (var n = 0; !producer.InputWasRefused && !producer.Output.Ended.IsCompleted; n++)
        {
            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience);
            await producer.WriteAsync($"later-{n}:body:0\n");
            await Task.Delay(50);
        }

        producer.EndInput();
        var ended = await producer.EndAsync();
        ended.ExitCode.Should().Be(Damaged, "{0}", ended);
        return ended;
    }

    private static void Exchange(string path, bool replaced)
    {
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        if (replaced)
        {
            File.WriteAllBytes(path, bytes);
        }
    }
}
