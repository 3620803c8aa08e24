using System.Diagnostics;
using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Xunit.Abstractions;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class TakeoverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_killed_consumers_running_messages_are_taken_over_and_its_settled_ones_are_not()
    {
        const int running = 50;
        const int settled = 20;
        const double workSeconds = 8; // more than the steps up to the kill take on a slow machine
        using var store = new TemporaryStore();
        await ProduceAsync(store, "quick", settled, 0);

        await using var first = Consume(store, running);
        await first.Output.WaitForCountAsync(settled);
        await WaitForGroupAsync(store, group => group.GetProperty("lag").GetInt64() == 0);
        await ProduceAsync(store, "slow", running, workSeconds);
        await WaitForGroupAsync(store, group => group.GetProperty("leased").GetInt64() == running);

        await using var second = Consume(store, running);
        await WaitForGroupAsync(store, group => group.GetProperty("consumers").GetArrayLength() == 2);
        var killed = Stopwatch.GetTimestamp();
        first.Signal(Signal.Kill);
        await second.Output.WaitForCountAsync(running);

        second.Signal(Signal.Terminate);
        (await second.EndAsync()).ExitCode.Should().Be(0);
        var done = ResultLine.In(second.Output);
        done.Select(line => line.Key).Should().OnlyHaveUniqueItems()
            .And.HaveCount(running).And.OnlyContain(key => key.StartsWith("slow"));
        first.Output.Count.Should().Be(settled);
        WriteTakeover("first", done.Min(line => line.Timestamp));
        WriteTakeover("last", done.Max(line => line.Timestamp));

        void WriteTakeover(string which, long at)
        {
            var late = Measured.MillisecondsBetween(killed, at) - (workSeconds * 1000);
            Measured.Write(output, $"from SIGKILL to the takeover of the {which} of 50 messages", late, "ms");
        }
    }

    [Fact]
    public async Task A_stopped_consumer_is_taken_over_after_its_heartbeat_limit_and_refused_when_it_goes_on()
    {
        const int running = 8;
        const double workSeconds = 6;
        using var store = new TemporaryStore();
        await ProduceAsync(store, "slow", running, workSeconds);
        await using var first = Consume(store, running);
        await WaitForGroupAsync(store, group => group.GetProperty("leased").GetInt64() == running);
        await using var second = Consume(store, running);
        await WaitForGroupAsync(store, group => group.GetProperty("consumers").GetArrayLength() == 2);

        var stopped = Stopwatch.GetTimestamp();
        first.Signal(Signal.Stop);
        await second.Output.WaitForCountAsync(running);
        var late = Measured.MillisecondsBetween(
            stopped, second.Output.Captured[0].Timestamp) - (workSeconds * 1000);
        Measured.Write(output, "from SIGSTOP to the takeover of the first of 8 messages", late, "ms");
        late.Should().BeGreaterThan(5000, "a consumer that was only slow keeps its messages");

        first.Signal(Signal.Continue);
        await WaitForGroupAsync(store, group => group.GetProperty("lag").GetInt64() == 0);
        first.Signal(Signal.Terminate);
        var woken = await first.EndAsync();
        second.Signal(Signal.Terminate);
        (await second.EndAsync()).ExitCode.Should().Be(0);

        woken.Output.Lines.Should().BeEmpty("its leases were lost");
        woken.Errors.Text.Should().Contain("lost");
        ResultLine.In(second.Output).Select(line => line.Key).Should().OnlyHaveUniqueItems().And.HaveCount(running);
    }

    private static async Task ProduceAsync(TemporaryStore store, string name, int count, double seconds)
    {
        var lines = string.Concat(Enumerable.Range(0, count).Select(n => $"{name}-{n}:work:{seconds}\n"));
        var result = await FiqProcess.RunAsync(store.PlainCommand("produce", "orders"), lines);
        result.ExitCode.Should().Be(0, "{0}", result);
    }

    private static FiqProcess Consume(TemporaryStore store, int workers)
    {
        return FiqProcess.Start(store.PlainCommand("consume", "orders", "--workers", $"{workers}"));
    }

    private static async Task WaitForGroupAsync(TemporaryStore store, Func<JsonElement, bool> isSo)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var shown = await store.ShowAsync("orders");
            var group = shown.GetProperty("groups").EnumerateArray().Single();
            if (isSo(group))
            {
                return;
            }

            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience, "{0}", shown);
            await Task.Delay(20);
        }
    }
}
