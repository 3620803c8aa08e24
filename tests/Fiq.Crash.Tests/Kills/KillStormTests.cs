using System.Collections.Concurrent;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Ledgers;
using Xunit.Abstractions;

namespace Fiq.Crash.Tests.Kills;

/// <summary>
/// Everybody at once on small segments, and nearly everybody is killed. <c>FIQ_CRASH_SEED</c> repeats the draws,
/// <c>FIQ_CRASH_ALL=1</c> takes ten times as long.
/// </summary>
[Collection(Alone.Name)]
public sealed class KillStormTests(ITestOutputHelper output) : IDisposable
{
    private const string Queue = "orders";
    private static readonly string[] Groups = ["default", "audit"];
    private static readonly int Times = Environment.GetEnvironmentVariable("FIQ_CRASH_ALL") == "1" ? 10 : 1;
    private static readonly int LivesPerProducer = 10 * Times;

    private readonly TemporaryStore _store = new();
    private readonly Ledger _ledger = new();
    private readonly ConcurrentBag<ConsumerLife> _consumers = [];
    private readonly ConcurrentQueue<string> _faults = [];

    public void Dispose() => _store.Dispose();

    [StraceFact]
    public async Task In_a_storm_of_kills_everything_acknowledged_is_there_once_and_what_was_settled_never_comes_again()
    {
        await new OpenQueue(_store.Path, Queue).CreateAsync();
        await new OpenQueue(_store.Path, Queue).CreateGroupAsync("audit");
        var watch = new FloorWatch(_store, Queue);
        var sides = new[] { new SideQueue(_store, "side-a"), new SideQueue(_store, "side-b") };

        var producers = Task.WhenAll(Enumerable.Range(0, 4).Select(ProduceAsync));
        await Task.WhenAll(
        [
            producers,
            watch.RunAsync(producers),
            .. Enumerable.Range(0, 3).Select(actor => ConsumeAsync(actor, producers)),
            .. Enumerable.Range(0, 2).Select(actor => TouchAsync(actor, sides, producers)),
        ]);

        await DrainAsync();
        Measured.Write(output, "lines acked by producers in the storm", _ledger.Acked.Count, "lines");
        Measured.Write(output, "consumers in the storm", _consumers.Count, "processes");
        var faults = Groups.SelectMany(FaultsOf).Concat(watch.Falls()).Concat(_consumers.SelectMany(watch.Returns));
        foreach (var each in faults)
        {
            _faults.Enqueue(each);
        }

        _faults.Should().BeEmpty(Dice.Repeat);
        _ledger.Acked.Should().NotBeEmpty();
        (await _store.ShowAsync(Queue)).GetProperty("nextOffset").GetInt64().Should().BePositive();
        await AllAreUsableAsync(sides);
    }

    private async Task ProduceAsync(int actor)
    {
        var dice = Dice.For(actor);
        for (var life = 0; life < LivesPerProducer; life++)
        {
            var end = (ProducerEnd)dice.Next(4);
            var producer = new ProducerLife($"p{actor}-{life}", end, dice.Next(100, 900));
            lock (_ledger)
            {
                _ledger.Sent(producer.Messages);
            }

            var acked = await producer.RunAsync(_store.PlainCommand("produce", Queue));
            lock (_ledger)
            {
                foreach (var line in acked)
                {
                    _ledger.WasAcked(line.Key, line.Offset);
                }
            }
        }
    }

    private async Task ConsumeAsync(int actor, Task until)
    {
        var dice = Dice.For(100 + actor);
        while (!until.IsCompleted)
        {
            var command = _store.PlainCommand("consume", Queue, "--json", "--workers", "8");
            var group = Groups[actor % Groups.Length];
            _consumers.Add(
                await ConsumerLife.RunAsync(command, group, dice.Next(200, 2000), kill: dice.Next(3) > 0));
        }
    }

    private async Task TouchAsync(int actor, SideQueue[] sides, Task until)
    {
        var dice = Dice.For(200 + actor);
        while (!until.IsCompleted)
        {
            foreach (var fault in await sides[dice.Next(sides.Length)].TouchAsync(dice))
            {
                _faults.Enqueue(fault);
            }
        }
    }

    private async Task DrainAsync()
    {
        foreach (var group in Groups)
        {
            var rest = await new OpenQueue(_store.Path, Queue).DrainAsync(group);
            _consumers.Add(
                new ConsumerLife(group, System.Diagnostics.Stopwatch.GetTimestamp(), WasKilled: false, rest));
        }
    }

    /// <summary>
    /// A message may come again only after a consumer that printed it was killed: of all others one prints it, once.
    /// </summary>
    private IEnumerable<string> FaultsOf(string group)
    {
        var lives = _consumers.Where(life => life.Group == group).ToList();
        var twice = lives.Where(life => !life.WasKilled)
            .SelectMany(life => life.Results)
            .GroupBy(found => found.Offset)
            .Where(prints => prints.Count() > 1)
            .Select(prints => $"{group}: {prints.First()} was settled and came again");
        var withinOne = lives.Where(life => life.Results.Distinct().Count() < life.Results.Count)
            .Select(life => $"{group}: a message came twice to one consumer");
        var ledger = _ledger.Faults([.. lives.SelectMany(life => life.Results)]);
        return ledger.Select(fault => $"{group}: {fault}").Concat(twice).Concat(withinOne);
    }

    private async Task AllAreUsableAsync(SideQueue[] sides)
    {
        foreach (var side in sides)
        {
            var queue = new OpenQueue(_store.Path, side.Name);
            await queue.ProduceAsync(("last", "what comes next"));
            (await queue.DrainAsync()).Should().Contain(found => found.Key == "last");
            await queue.DeleteAsync();
        }

        Directory.EnumerateFileSystemEntries(_store.Path).Select(Path.GetFileName)
            .Should().BeEquivalentTo(Queue, $"{Queue}.dead");
    }
}
