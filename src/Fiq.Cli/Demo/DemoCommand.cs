using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Demo;

/// <summary><c>fiq demo</c>: a producer and workers on a real queue in a temporary folder; ends by itself.</summary>
internal static class DemoCommand
{
    private const int Workers = 4;

    public static Command Create() => new CliCommand(
        "demo", "Shows a queue at work in a temporary folder: a producer, four workers, a few seconds.", "fiq demo")
    {
        Run = RunAsync,
    };

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fiq-demo-");
        try
        {
            return await RunAsync(invocation, new StoreLocation(folder.FullName, folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, StoreLocation store)
    {
        await using IQueueEngine engine = invocation.OpenEngine(store);
        var screen = new DemoScreen(invocation);
        QueueName queue = QueueName.Parse("orders");
        await using IQueueProducer producer =
            await engine.OpenProducerAsync(queue, new ProducerOptions(), CancellationToken.None);
        IQueueConsumer consumer = await engine.OpenConsumerAsync(
            queue, new ConsumerOptions { Workers = Workers }, CancellationToken.None);
        screen.Open(store, Workers);
        var options = new ConsumptionOptions
        {
            Workers = Workers,
            StopRule = new StopRule { Count = DemoOrders.All.Count },
        };
        using var work = new SleepHandler();
        var consumption = new Consumption(consumer, work, screen, options);
        using var signals = new StopSignals(_ => consumption.Stop(), StopSignals.EndByDefault);
        Task<ConsumeSummary> consuming = consumption.RunAsync();
        try
        {
            await ProduceAsync(producer, screen, () => consuming.IsCompleted || signals.First is not null);
        }
        catch (FiqException)
        {
            // Without all its messages the consumer would wait for ever.
            consumption.StopNow();
            await consuming;
            throw;
        }

        ConsumeSummary summary = await consuming;
        if (signals.First is not null) return signals.ExitAfterDrain(ExitCode.Done);
        return Close(invocation, summary);
    }

    private static async Task ProduceAsync(IQueueProducer producer, DemoScreen screen, Func<bool> isOver)
    {
        foreach (Message message in DemoOrders.All)
        {
            if (isOver()) return;
            IReadOnlyList<Acknowledgement> acks = await producer.ProduceAsync([message], CancellationToken.None);
            screen.Acked(acks[0], message);
            // So that a person can follow: orders come one after the other.
            await Task.Delay(DemoOrders.Pause);
        }
    }

    private static ExitCode Close(Invocation invocation, ConsumeSummary summary)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        bool complete = summary.Done == DemoOrders.All.Count && summary.LeasesLost == 0;
        if (invocation.Json)
        {
            WriteJson(invocation.Streams.Output, summary);
        }
        else
        {
            string done = string.Create(
                invariant,
                $"{summary.Done} of {DemoOrders.All.Count} messages done, each once: {summary.Work.TotalSeconds:0.0} s "
                    + $"of work in {summary.Elapsed.TotalSeconds:0.0} s.");
            invocation.Say($"\n{done} The folder is removed. Now yourself, in two terminals:\n");
            invocation.Say("  fiq produce orders               type a1:hello:2");
            invocation.Say("  fiq consume orders --workers 4");
        }

        return complete ? ExitCode.Done : ExitCode.Failed;
    }

    private static void WriteJson(ByteOutput output, ConsumeSummary summary)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("messages"u8, DemoOrders.All.Count);
            writer.WriteNumber("done"u8, summary.Done);
            writer.WriteNumber("workSeconds"u8, Math.Round(summary.Work.TotalSeconds, 3));
            writer.WriteNumber("seconds"u8, Math.Round(summary.Elapsed.TotalSeconds, 3));
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
