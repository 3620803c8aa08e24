using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Calls;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Stops;

/// <summary>
/// A process stops while it makes a queue or deletes one. Others need not wait for it unless it has a lock of theirs,
/// and when it goes on it does no harm to what they did meanwhile.
/// </summary>
public sealed class StoppedLifecycleTests : IDisposable
{
    private const int NotFound = 4;
    private const int Busy = 6;

    private readonly LedgeredQueue _queue = new();

    private string StorePath => _queue.Store.Path;

    public void Dispose() => _queue.Dispose();

    /// <summary>
    /// The calls of a creator on the store: it makes a folder for dead letters, gives it its name, and does the same
    /// for the queue. Behind the making of a folder it has no lock on it yet.
    /// </summary>
    [StraceTheory]
    [InlineData("mkdirat", 1)]
    [InlineData("mkdirat", 2)]
    [InlineData("renameat2", 1)]
    [InlineData("renameat2", 2)]
    public async Task While_a_process_that_makes_a_queue_is_stopped_others_make_it_and_use_it(string call, int number)
    {
        var create = _queue.Fiq("queue", "create", LedgeredQueue.Name);
        await using var creator = await StoppedProcess.StartAsync(create, call, StorePath, number);
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("meanwhile")));
        var consumed = await FiqProcess.RunAsync(_queue.Fiq("consume", LedgeredQueue.Name, "--until-empty", "--json"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed);
        var ended = await creator.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await ShouldBeWholeAsync(Printed.In(consumed.Output));
    }

    [StraceFact]
    public async Task While_a_process_that_fills_a_new_queue_is_stopped_others_make_it_and_use_it()
    {
        // What no name leads to has no path to wait for, so this is the how many-th sync of all that it makes.
        var create = _queue.Fiq("queue", "create", LedgeredQueue.Name);
        await using var creator = await StoppedProcess.StartAsync(create, "fsync", path: null, number: 4);
        Directory.EnumerateDirectories(StorePath, ".new-*").Should().ContainSingle("it is in the middle");
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("meanwhile")));
        var ended = await creator.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await ShouldBeWholeAsync();
    }

    [StraceFact]
    public async Task While_a_process_that_is_about_to_delete_a_queue_is_stopped_all_hear_its_name_and_then_it_is_gone()
    {
        await _queue.CreateAsync();
        await _queue.StoreAsync(("a", "body"), ("b", "body"));
        await using var deleter = await StoppedProcess.StartAsync(Delete(), "fsync", _queue.Folder);
        var others = await Others.RunAllAsync(
            _queue.Produce("refused"), _queue.Fiq("consume", LedgeredQueue.Name, "--until-empty"), Delete(),
            _queue.Fiq("queue", "show", LedgeredQueue.Name));
        Others.ShouldBeBusy(others[0], "the attach lock", deleter);
        Others.ShouldBeBusy(others[1], "the attach lock", deleter);
        Others.ShouldBeBusy(others[2], "the attach lock", deleter);
        others[3].ExitCode.Should().Be(0, "who only looks waits for nobody: {0}", others[3]);
        var ended = await deleter.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await ShouldBeGoneAsync();
    }

    [StraceFact]
    public async Task While_a_process_that_has_taken_a_queues_name_away_is_stopped_others_make_a_new_one_and_keep_it()
    {
        var old = new LedgeredQueue(_queue.Store);
        await old.CreateAsync();
        await old.StoreAsync(("a", "body"), ("b", "body"));
        await using var producer = await old.StartProducerAsync("attached");
        await using var deleter = await StoppedProcess.StartAsync(Delete(), "renameat2", StorePath);
        await ShouldBeGoneAsync();
        await producer.WriteAsync("late:body:0\n");
        producer.EndInput();
        var late = producer.EndAsync();
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("new")));
        var refused = await late;
        refused.ExitCode.Should().Be(Busy, "{0}", refused);
        refused.Output.Count.Should().Be(1, "only what came before was acknowledged: {0}", refused);
        refused.Errors.Text.Should().Contain("the append lock").And.Contain($"process {deleter.Id}");
        var ended = await deleter.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await ShouldBeWholeAsync();
    }

    private FiqCommand Delete() => _queue.Fiq("queue", "delete", LedgeredQueue.Name, "--yes");

    private async Task ShouldBeGoneAsync()
    {
        var shown = await FiqProcess.RunAsync(_queue.Fiq("queue", "show", LedgeredQueue.Name));
        shown.ExitCode.Should().Be(NotFound, "{0}", shown);
        Directory.Exists(_queue.Folder).Should().BeFalse();
    }

    /// <summary>Everything is there, it goes on, and whoever creates next removes what is left over.</summary>
    private async Task ShouldBeWholeAsync(params Found[] consumed)
    {
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("after")));
        var verified = await FiqProcess.RunAsync(_queue.Fiq("verify", LedgeredQueue.Name));
        verified.ExitCode.Should().Be(0, "{0}", verified);
        await _queue.ShouldHaveEverythingAsync(consumed);
        await new OpenQueue(StorePath, "next").CreateAsync();
        Directory.EnumerateFileSystemEntries(StorePath, ".*").Should().BeEmpty();
    }
}
