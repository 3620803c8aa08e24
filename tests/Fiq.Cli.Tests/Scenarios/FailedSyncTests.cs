using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class FailedSyncTests
{
    private const int LinesEach = 300;

    [StraceFact]
    public async Task After_a_failed_sync_all_go_on_in_the_next_segment_and_nothing_acknowledged_is_missing()
    {
        using var store = new TemporaryStore();
        (await FiqProcess.RunAsync(store.PlainCommand("queue", "create", "orders"))).ExitCode.Should().Be(0);
        await using var healthy = FiqProcess.Start(store.PlainCommand("produce", "orders"));
        await using var failing = FiqProcess.Start(WithFailingSync(store, "when=3"));
        await Task.WhenAll(FeedOneByOneAsync(healthy, "healthy"), FeedOneByOneAsync(failing, "failing"));

        (await healthy.EndAsync()).ExitCode.Should().Be(0, "{0}", healthy.Errors.Text);
        (await failing.EndAsync()).ExitCode.Should().Be(0, "{0}", failing.Errors.Text);
        (await store.ShowAsync("orders")).GetProperty("segments").GetInt32().Should().BeGreaterThan(1);
        var acked = ResultLine.In(healthy.Output).Concat(ResultLine.In(failing.Output)).ToList();
        acked.Should().HaveCount(2 * LinesEach);
        var stored = await ConsumeAllAsync(store);
        stored.Select(line => (line.Offset, line.Key)).Order()
            .Should().Equal(acked.Select(line => (line.Offset, line.Key)).Order());
    }

    [StraceFact]
    public async Task Nothing_is_acknowledged_while_every_sync_fails()
    {
        using var store = new TemporaryStore();
        (await FiqProcess.RunAsync(store.PlainCommand("produce", "orders", "a1:before:0"))).ExitCode.Should().Be(0);
        var failed = await FiqProcess.RunAsync(WithFailingSync(store, "when=1+"), "b2:never acknowledged:0\n");
        failed.ExitCode.Should().NotBe(0, "{0}", failed);
        failed.Output.Lines.Should().BeEmpty();
        failed.Errors.Lines.Should().NotBeEmpty();

        var after = await FiqProcess.RunAsync(store.PlainCommand("produce", "orders", "c3:after:0"));
        after.ExitCode.Should().Be(0, "{0}", after);
        var keys = (await ConsumeAllAsync(store)).Select(line => line.Key).ToList();
        keys.Should().OnlyHaveUniqueItems().And.ContainInOrder("a1", "c3").And.BeSubsetOf(["a1", "b2", "c3"]);
    }

    private static FiqCommand WithFailingSync(TemporaryStore store, string when)
    {
        return store.PlainCommand("produce", "orders") with
        {
            Wrapper = ["strace", "-f", "-qq", "-o", "/dev/null",
                "-e", "trace=fdatasync", "-e", $"inject=fdatasync:error=EIO:{when}"],
        };
    }

    /// <summary>Each line is a commit of its own.</summary>
    private static async Task FeedOneByOneAsync(FiqProcess process, string name)
    {
        for (var line = 0; line < LinesEach; line++)
        {
            await process.WriteAsync($"{name}-{line}:some work:0\n");
            await process.Output.WaitForCountAsync(line + 1);
        }

        process.EndInput();
    }

    private static async Task<IReadOnlyList<ResultLine>> ConsumeAllAsync(TemporaryStore store)
    {
        var consumed = await FiqProcess.RunAsync(store.PlainCommand("consume", "orders", "--until-empty"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        return ResultLine.In(consumed.Output);
    }
}
