using System.Diagnostics;
using System.Text;
using Fiq.Cli.Tests.Processes;
using Xunit.Abstractions;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class ManyProcessesTests(ITestOutputHelper output)
{
    private const int Producers = 3;
    private const int LinesEach = 100_000;
    private const int LinesInAll = Producers * LinesEach;

    [Fact]
    public async Task Each_group_gets_every_message_of_three_producers_exactly_once()
    {
        using var store = new TemporaryStore();
        (await FiqProcess.RunAsync(store.PlainCommand("queue", "create", "orders"))).ExitCode.Should().Be(0);
        (await FiqProcess.RunAsync(store.PlainCommand("group", "create", "orders", "audit"))).ExitCode.Should().Be(0);

        var start = Stopwatch.GetTimestamp();
        FiqProcess[] consumers =
        [
            Consume(store, "default"), Consume(store, "default"), Consume(store, "audit"), Consume(store, "audit"),
        ];
        var produced = await Task.WhenAll(Enumerable.Range(0, Producers).Select(number => ProduceAsync(store, number)));
        var acked = produced.SelectMany(result => ResultLine.In(result.Output)).ToList();
        Measured.Write(output, "300,000 lines of three producers acked", Since(start), "ms");

        await Task.WhenAll(WaitForAllAsync(consumers[..2]), WaitForAllAsync(consumers[2..]));
        Measured.Write(output, "and consumed by two groups", Since(start), "ms");
        foreach (var consumer in consumers)
        {
            consumer.Signal(Signal.Terminate);
            var ended = await consumer.EndAsync();
            ended.ExitCode.Should().Be(0, "{0}", ended.Errors.Text);
            await consumer.DisposeAsync();
        }

        acked.Select(line => line.Offset).Order().Should().Equal(Enumerable.Range(0, LinesInAll).Select(n => (long)n));
        ShouldHaveEachOnce(consumers[..2], acked);
        ShouldHaveEachOnce(consumers[2..], acked);
        foreach (var group in new[] { "default", "audit" })
        {
            var again = await FiqProcess.RunAsync(
                store.PlainCommand("consume", "orders", "--group", group, "--until-empty"));
            again.ExitCode.Should().Be(0, "{0}", again);
            again.Output.Lines.Should().BeEmpty();
        }
    }

    private static FiqProcess Consume(TemporaryStore store, string group)
    {
        return FiqProcess.Start(store.PlainCommand("consume", "orders", "--group", group, "--workers", "16"));
    }

    private static async Task<FiqResult> ProduceAsync(TemporaryStore store, int number)
    {
        var lines = new StringBuilder();
        for (var line = 0; line < LinesEach; line++)
        {
            lines.Append($"p{number}-{line:000000}:message {line} of producer {number}:0\n");
        }

        var result = await FiqProcess.RunAsync(store.PlainCommand("produce", "orders"), lines.ToString());
        result.ExitCode.Should().Be(0, "{0}", result.Errors.Text);
        result.Output.Count.Should().Be(LinesEach);
        return result;
    }

    private static async Task WaitForAllAsync(FiqProcess[] group)
    {
        var seen = -1;
        var quiet = Stopwatch.StartNew();
        while (group.Sum(consumer => consumer.Output.Count) is var count && count < LinesInAll)
        {
            if (count != seen)
            {
                seen = count;
                quiet.Restart();
            }

            quiet.Elapsed.Should().BeLessThan(FiqProcess.Patience, "{0} of {1} came", count, LinesInAll);
            await Task.Delay(20);
        }
    }

    private static void ShouldHaveEachOnce(FiqProcess[] group, IEnumerable<ResultLine> acked)
    {
        var done = group.SelectMany(consumer => ResultLine.In(consumer.Output)).ToList();
        done.Should().HaveCount(LinesInAll);
        done.Select(line => (line.Offset, line.Key)).ToHashSet()
            .SetEquals(acked.Select(line => (line.Offset, line.Key))).Should().BeTrue();
    }

    private static double Since(long start) => Measured.MillisecondsBetween(start, Stopwatch.GetTimestamp());
}
