using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Xunit.Abstractions;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class KilledProducersTests(ITestOutputHelper output)
{
    private const int Kills = 200;
    private const int AtATime = 5;
    private const int LinesMax = 3_000;

    /// <summary>The moments are drawn from a seed; where they fall in a process's life is up to the machine.</summary>
    private readonly Random _moments = new(20_261_121);

    [Fact]
    public async Task Every_acknowledged_line_of_producers_killed_at_any_moment_is_there_once()
    {
        using var store = new TemporaryStore();
        (await FiqProcess.RunAsync(store.PlainCommand("queue", "create", "orders"))).ExitCode.Should().Be(0);
        var command = store.PlainCommand("produce", "orders");
        var acked = new Dictionary<string, long>();
        for (var round = 0; round < Kills / AtATime; round++)
        {
            var victims = Enumerable.Range(0, AtATime)
                .Select(number => ProduceAndKillAsync(command, $"p{round}-{number}", _moments.Next(0, 500)))
                .ToList();
            foreach (var line in (await Task.WhenAll(victims)).SelectMany(lines => lines))
            {
                acked.Add(line.Key, line.Offset);
            }
        }

        var stored = await ConsumeAllAsync(store);
        Measured.Write(output, "lines acked by 200 killed producers", acked.Count, "lines");
        Measured.Write(output, "lines stored by them", stored.Count, "lines");

        stored.Select(line => line.Key).Should().OnlyHaveUniqueItems();
        stored.Select(line => line.Offset).Order()
            .Should().Equal(Enumerable.Range(0, stored.Count).Select(n => (long)n));
        var offsets = stored.ToDictionary(line => line.Key, line => line.Offset);
        acked.Where(line => !offsets.TryGetValue(line.Key, out var offset) || offset != line.Value).Should().BeEmpty();
        acked.Should().NotBeEmpty();
        ShouldBePrefixes(stored);
    }

    /// <summary>What a producer sent in order is stored in order and without a gap, up to where it died.</summary>
    private static void ShouldBePrefixes(IEnumerable<(string Key, long Offset)> stored)
    {
        foreach (var producer in stored.GroupBy(line => line.Key[..line.Key.LastIndexOf('-')]))
        {
            var numbers = producer.OrderBy(line => line.Offset)
                .Select(line => int.Parse(line.Key.AsSpan(line.Key.LastIndexOf('-') + 1)));
            numbers.Should().Equal(Enumerable.Range(0, producer.Count()), "producer {0} sent them so", producer.Key);
        }
    }

    private static async Task<IReadOnlyList<ResultLine>> ProduceAndKillAsync(
        FiqCommand command, string name, int lifeMilliseconds)
    {
        await using var process = FiqProcess.Start(command);
        var feeding = FeedAsync(process, name);
        await Task.Delay(lifeMilliseconds);
        process.Kill();
        var ended = await process.EndAsync();
        await feeding;
        ended.ExitCode.Should().Be(128 + (int)Signal.Kill, "{0}", ended.Errors.Text);
        return ResultLine.In(ended.Output);
    }

    private static async Task FeedAsync(FiqProcess process, string name)
    {
        for (var line = 0; line < LinesMax && !process.InputWasRefused; line += 10)
        {
            await process.WriteAsync(
                string.Concat(Enumerable.Range(line, 10).Select(n => $"{name}-{n}:some work:0\n")));
            await Task.Delay(1);
        }
    }

    private static async Task<List<(string Key, long Offset)>> ConsumeAllAsync(TemporaryStore store)
    {
        var consumed = await FiqProcess.RunAsync(
            store.PlainCommand("consume", "orders", "--until-empty", "--json", "--workers", "64"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        return
        [
            .. consumed.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement)
                .Select(line => (line.GetProperty("key").GetString()!, line.GetProperty("offset").GetInt64())),
        ];
    }
}
