using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fiq.Cli.Tests.Processes;
using Xunit.Abstractions;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>Order and counts are held; times and sizes are measured and printed.</summary>
[Collection(Alone.Name)]
public sealed class MeasuredTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_hundred_workers_do_a_thousand_messages_of_a_tenth_of_a_second()
    {
        using var store = new TemporaryStore();
        await ProduceAsync(store, 1_000, "0.1");
        var consumed = await ConsumeAllAsync(store, 100);
        var done = ResultLine.In(consumed.Output);
        done.Select(line => line.Offset).Order().Should().Equal(Enumerable.Range(0, 1_000).Select(n => (long)n));
        output.WriteLine($"measured: 1,000 messages of 0.1 s, 100 workers: {consumed.Errors.Lines[^1]}");
    }

    [Fact]
    public async Task One_worker_works_in_the_order_of_offsets()
    {
        using var store = new TemporaryStore();
        await ProduceAsync(store, 1_000, "0");
        var consumed = await ConsumeAllAsync(store, 1);
        ResultLine.In(consumed.Output).Select(line => line.Offset)
            .Should().Equal(Enumerable.Range(0, 1_000).Select(n => (long)n));
    }

    [Fact]
    public async Task A_message_reaches_a_waiting_consumer_in_another_process()
    {
        const int messages = 1_000;
        using var store = new TemporaryStore();
        await using var producer = FiqProcess.Start(store.PlainCommand("produce", "orders"));
        await using var consumer = FiqProcess.Start(store.PlainCommand("consume", "orders", "--workers", "4"));
        for (var number = 0; number < messages; number++)
        {
            await producer.WriteAsync($"k{number}:some work:0\n");
            await producer.Output.WaitForCountAsync(number + 1);
            await consumer.Output.WaitForCountAsync(number + 1);
        }

        var acked = ResultLine.In(producer.Output);
        var done = ResultLine.In(consumer.Output);
        done.Select(line => line.Key).Should().Equal(acked.Select(line => line.Key));
        var times = acked.Zip(done, (a, d) => Measured.MillisecondsBetween(a.Timestamp, d.Timestamp))
            .Skip(messages / 10).Order().ToList();
        Measured.Write(output, "acknowledgement seen to result seen, p50", times[times.Count / 2], "ms");
        Measured.Write(output, "acknowledgement seen to result seen, p99", times[times.Count * 99 / 100], "ms");
    }

    [Fact]
    public async Task A_waiting_consumer_is_nearly_idle()
    {
        var watched = TimeSpan.FromSeconds(10);
        using var store = new TemporaryStore();
        await ProduceAsync(store, 1, "0");
        await using var consumer = FiqProcess.Start(store.PlainCommand("consume", "orders", "--workers", "4"));
        await consumer.Output.WaitForCountAsync(1);
        await Task.Delay(TimeSpan.FromSeconds(2)); // the run-time's own start-up work ends
        using var process = Process.GetProcessById(consumer.Id);
        var before = process.TotalProcessorTime;
        await Task.Delay(watched);
        process.Refresh();
        var share = (process.TotalProcessorTime - before) / watched;
        Measured.Write(output, "an idle consumer's share of a processor", share * 100, "%");
        share.Should().BeLessThan(0.05, "it waits and does not poll");
    }

    [Fact]
    public async Task A_million_messages_behind_make_nothing_slow_or_large()
    {
        const int messages = 1_000_000;
        using var store = new TemporaryStore();
        (await FiqProcess.RunAsync(store.PlainCommand("queue", "create", "orders"))).ExitCode.Should().Be(0);
        var empty = await TimeShowAsync(store);
        var start = Stopwatch.GetTimestamp();
        await ProduceAsync(store, messages, "0");
        Measured.Write(output, "1,000,000 lines piped in and acked", Since(start), "ms");
        Measured.Write(output, "queue show, more than on an empty queue", await TimeShowAsync(store) - empty, "ms");

        start = Stopwatch.GetTimestamp();
        await using var consumer = FiqProcess.Start(
            store.PlainCommand("consume", "orders", "--workers", "8", "--until-empty"));
        var residentMax = 0.0;
        while (!consumer.Output.Ended.IsCompleted)
        {
            residentMax = Math.Max(residentMax, ResidentMebibytes(consumer.Id));
            await Task.Delay(20);
        }

        (await consumer.EndAsync()).ExitCode.Should().Be(0);
        consumer.Output.Count.Should().Be(messages);
        Measured.Write(output, "1,000,000 messages consumed by 8 workers", Since(start), "ms");
        Measured.Write(output, "its largest resident memory", residentMax, "MiB");
    }

    private static async Task ProduceAsync(TemporaryStore store, int count, string seconds)
    {
        var lines = new StringBuilder();
        for (var number = 0; number < count; number++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"k{number}:{number:000000000} is the number of it:{seconds}\n");
        }

        var produced = await FiqProcess.RunAsync(store.PlainCommand("produce", "orders"), lines.ToString());
        produced.ExitCode.Should().Be(0, "{0}", produced.Errors.Text);
        produced.Output.Count.Should().Be(count);
    }

    private static async Task<FiqResult> ConsumeAllAsync(TemporaryStore store, int workers)
    {
        var consumed = await FiqProcess.RunAsync(
            store.PlainCommand("consume", "orders", "--until-empty", "--workers", $"{workers}"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        return consumed;
    }

    /// <summary>The best of five, in milliseconds.</summary>
    private static async Task<double> TimeShowAsync(TemporaryStore store)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await store.ShowAsync("orders");
            best = Math.Min(best, Since(start));
        }

        return best;
    }

    private static double ResidentMebibytes(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmHWM:"));
            var kibibytes = line?.Split(':')[1].Replace("kB", "", StringComparison.Ordinal);
            return kibibytes is null ? 0 : double.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    private static double Since(long start) => Measured.MillisecondsBetween(start, Stopwatch.GetTimestamp());
}
