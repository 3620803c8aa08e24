using System.Diagnostics;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Kills;

/// <summary>Looks at a queue again and again, as a person would, and remembers what every group has settled.</summary>
internal sealed class FloorWatch(TemporaryStore store, string queue)
{
    private readonly List<(string Group, long At, long Floor)> _seen = [];

    public int Count => _seen.Count;

    public async Task RunAsync(Task until)
    {
        while (!until.IsCompleted)
        {
            // Read after the look: what it shows was so by then.
            var shown = await store.ShowAsync(queue);
            var now = Stopwatch.GetTimestamp();
            _seen.AddRange(shown.GetProperty("groups").EnumerateArray()
                .Select(group => (group.GetProperty("name").GetString()!, now, group.GetProperty("floor").GetInt64())));
            await Task.WhenAny(until, Task.Delay(500));
        }
    }

    /// <summary>Below the floor everything is settled, so a floor never falls.</summary>
    public IEnumerable<string> Falls() => _seen
        .GroupBy(seen => seen.Group)
        .SelectMany(group => group.Zip(group.Skip(1)))
        .Where(pair => pair.Second.Floor < pair.First.Floor)
        .Select(pair => $"the floor of {pair.First.Group} fell from {pair.First.Floor} to {pair.Second.Floor}");

    /// <summary>What was settled before a consumer began never comes to it.</summary>
    public IEnumerable<string> Returns(ConsumerLife life)
    {
        var floor = _seen.Where(seen => seen.Group == life.Group && seen.At < life.Started)
            .Select(seen => seen.Floor)
            .DefaultIfEmpty(0)
            .Max();
        return life.Results.Where(found => found.Offset < floor)
            .Select(found => $"{found} came to {life.Group} again, after all below #{floor} was settled");
    }
}
