using System.Diagnostics;
using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Stops;

/// <summary>A reader that is stopped in the middle, while others get ahead of it or the queue goes.</summary>
public sealed class SlowReaderTests : IDisposable
{
    private static readonly string[] Keys = ["a", "b", "c", "d"];

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task What_a_stopped_group_has_yet_to_read_is_kept_though_others_are_through_with_it()
    {
        await FillAsync();
        await using var slow = FiqProcess.Start(
            _queue.Fiq("consume", LedgeredQueue.Name, "--group", "slow", "--json"));
        await slow.Output.WaitForCountAsync(1);
        slow.Signal(Signal.Stop);
        var seen = slow.Output.Count;
        await StoreTwoSegmentsAsync();
        // Longer than a settlement waits for the disk, so that it comes to deleting what it has read.
        await using var quick = FiqProcess.Start(_queue.Fiq("consume", LedgeredQueue.Name, "--json"));
        await quick.Output.WaitForCountAsync(Keys.Length * 2);
        await WaitForFloorAsync(Keys.Length * 2);
        _queue.Segments.Count.Should().BeGreaterThan(2, "a group has yet to read them; it has printed {0}", seen);

        slow.Signal(Signal.Continue);
        await slow.Output.WaitForCountAsync(Keys.Length * 2);
        foreach (var process in new[] { slow, quick })
        {
            process.Signal(Signal.Terminate);
            (await process.EndAsync()).ExitCode.Should().Be(0, "{0}", process.Errors.Text);
        }

        Printed.In(slow.Output).Should().BeEquivalentTo(Printed.In(quick.Output));
        await _queue.ShouldHaveEverythingAsync(Printed.In(slow.Output));
    }

    [Fact]
    public async Task A_stopped_consumer_whose_queue_is_deleted_says_so_when_it_goes_on_and_prints_nothing_wrong()
    {
        await FillAsync();
        await using var slow = FiqProcess.Start(_queue.Fiq("consume", LedgeredQueue.Name, "--json"));
        await slow.Output.WaitForCountAsync(1);
        slow.Signal(Signal.Stop);
        var deleted = await FiqProcess.RunAsync(_queue.Fiq("queue", "delete", LedgeredQueue.Name, "--yes"));
        deleted.ExitCode.Should().Be(0, "{0}", deleted);
        Directory.Exists(_queue.Folder).Should().BeFalse();
        slow.Signal(Signal.Continue);
        var ended = await slow.EndAsync();
        ended.ExitCode.Should().Be(4, "{0}", ended);
        ended.Errors.Text.Should().Contain("deleted");
        Printed.In(ended.Output).Should().OnlyHaveUniqueItems()
            .And.OnlyContain(found => Keys.Contains(found.Key) && found.Body == Body(found.Key));
    }

    private async Task FillAsync()
    {
        await _queue.CreateAsync();
        await _queue.StoreAsync([.. Keys.Select(key => (key, Body(key)))]);
    }

    private async Task StoreTwoSegmentsAsync()
    {
        foreach (var key in Keys)
        {
            await _queue.StoreAsync(($"late-{key}", Body(key)));
        }
    }

    private async Task WaitForFloorAsync(long floor)
    {
        var patience = Stopwatch.StartNew();
        while (!(await _queue.Store.ShowAsync(LedgeredQueue.Name)).GetProperty("groups").EnumerateArray()
            .Any(group => group.GetProperty("name").GetString() == "default"
                && group.GetProperty("floor").GetInt64() == floor))
        {
            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience);
            await Task.Delay(50);
        }
    }

    private static string Body(string key) => new(key[^1], 400_000);
}
