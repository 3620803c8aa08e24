using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Crowds;

[Collection(Alone.Name)]
public sealed class CrowdTests : IDisposable
{
    private const int Processes = 64;

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Of_sixty_four_processes_that_attach_at_once_to_a_queue_that_is_not_there_one_makes_it_for_all()
    {
        var commands = Enumerable.Range(0, Processes).Select(n => _queue.Produce($"m{n}")).ToList();
        var results = await Task.WhenAll(commands.Select(command => FiqProcess.RunAsync(command)));
        foreach (var result in results)
        {
            _queue.ShouldBeAcked(result);
        }

        results.Count(result => result.Errors.Text.Contains("new queue", StringComparison.Ordinal)).Should().Be(1);
        results.SelectMany(result => ResultLine.In(result.Output)).Select(line => line.Offset).Order()
            .Should().Equal(Enumerable.Range(0, Processes).Select(n => (long)n));
        await _queue.ShouldHaveEverythingAsync();
        Directory.EnumerateFileSystemEntries(_queue.Store.Path).Select(Path.GetFileName)
            .Should().BeEquivalentTo(LedgeredQueue.Name, $"{LedgeredQueue.Name}.dead");
    }
}
