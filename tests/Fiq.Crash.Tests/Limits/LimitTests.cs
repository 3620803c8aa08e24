using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Calls;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Limits;

public sealed class LimitTests : IDisposable
{
    private const string Queue = "orders";
    private const int DiskFull = 8;

    /// <summary>With fewer the run-time itself does not come to its feet, and says so in its own words.</summary>
    private const int RunTimeNeeds = 32;

    private readonly TemporaryStore _store = new();
    private readonly Ledger _ledger = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task With_too_few_descriptors_a_process_does_not_begin_and_says_how_many_it_needs()
    {
        await PrepareAsync();
        foreach (var limit in new[] { RunTimeNeeds, 48, 64, 96, 127 })
        {
            var refused = await FiqProcess.RunAsync(Limited(limit, "produce", Queue, "refused:body:0"));
            refused.ExitCode.Should().Be(1, "{0} {1}", limit, refused);
            refused.Errors.Text.Should().Contain($"{limit} open files").And.Contain("ulimit -n");
            ClearError.Faults(refused).Should().BeEmpty();
        }

        var asJson = await FiqProcess.RunAsync(Limited(64, "consume", Queue, "--until-empty", "--json"));
        var error = JsonDocument.Parse(asJson.Errors.Text).RootElement.GetProperty("error");
        error.GetProperty("exit").GetInt32().Should().Be(asJson.ExitCode);
        _ledger.SentAtOnce([("refused", "body")]);
        _ledger.WasRefused("refused");
        await ShouldHaveEverythingAsync();
    }

    [Fact]
    public async Task Where_not_even_the_run_time_starts_nothing_is_half_done()
    {
        await PrepareAsync();
        _ledger.SentAtOnce([("refused", "body")]);
        foreach (var limit in new[] { 4, 8, 16, 20, 24 })
        {
            var failed = await FiqProcess.RunAsync(Limited(limit, "produce", Queue, "refused:body:0"));
            failed.ExitCode.Should().NotBe(0, "{0}", failed);
            failed.Output.Lines.Should().BeEmpty();
        }

        _ledger.WasRefused("refused");
        await ShouldHaveEverythingAsync();
    }

    [Fact]
    public async Task With_just_enough_descriptors_everything_works()
    {
        const int enough = 128;
        var produced = await FiqProcess.RunAsync(Limited(enough, "produce", Queue, "a:body:0"));
        produced.ExitCode.Should().Be(0, "{0}", produced);
        var consumed = await FiqProcess.RunAsync(
            Limited(enough, "consume", Queue, "--until-empty", "--workers", "64"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed);
        consumed.Output.Lines.Should().ContainSingle();
        var deleted = await FiqProcess.RunAsync(Limited(enough, "queue", "delete", Queue, "--yes"));
        deleted.ExitCode.Should().Be(0, "{0}", deleted);
    }

    [Fact]
    public async Task A_write_that_a_file_size_limit_cuts_short_is_refused_whole_and_the_next_goes_on_without_a_gap()
    {
        await PrepareAsync();
        var end = EndOf(Directory.EnumerateFiles(_store.QueuePath(Queue), "*.log").Single());
        await using var producer = FiqProcess.Start(_store.PlainCommand("produce", Queue));
        _ledger.SentAtOnce([("live", "body")]);
        await producer.WriteAsync("live:body:0\n");
        _ledger.WasAcked("live", ResultLine.In((await FirstAsync(producer))).Single().Offset);

        // The header of the next batch fits, and so does a part of its body: the kernel writes that much.
        FileSizeLimit.Set(producer.Id, end + 1024);
        var large = new string('x', 5000);
        _ledger.SentAtOnce([("large", large)]);
        await producer.WriteAsync($"large:{large}:0\n");
        producer.EndInput();
        var refused = await producer.EndAsync();
        refused.ExitCode.Should().Be(DiskFull, "{0}", refused);
        ClearError.Faults(refused).Should().BeEmpty();
        _ledger.WasRefused("large");

        var offset = await new OpenQueue(_store.Path, Queue).ProduceAsync(("after", "body"));
        offset.Should().Be(_ledger.Acked["live"] + 1);
        _ledger.SentAtOnce([("after", "body")]);
        _ledger.WasAcked("after", offset);
        await ShouldHaveEverythingAsync();
    }

    [StraceFact]
    public async Task A_write_over_the_quota_is_refused_as_on_a_full_disk_and_the_next_goes_on_without_a_gap()
    {
        await PrepareAsync();
        _ledger.SentAtOnce([("refused", "body")]);
        var (refused, isHit) = await TracedRun.WithFaultAsync(
            _store,
            ["produce", Queue, "refused:body:0"],
            new CallFault("pwrite64", IsOnOurPaths: true, Fault.OverQuota, 1));
        isHit.Should().BeTrue();
        refused.ExitCode.Should().Be(DiskFull, "{0}", refused);
        ClearError.Faults(refused).Should().BeEmpty();
        _ledger.WasRefused("refused");

        var offset = await new OpenQueue(_store.Path, Queue).ProduceAsync(("after", "body"));
        offset.Should().Be(_ledger.Acked["b"] + 1);
        _ledger.SentAtOnce([("after", "body")]);
        _ledger.WasAcked("after", offset);
        await ShouldHaveEverythingAsync();
    }

    [Fact]
    public async Task A_queue_for_which_the_file_size_limit_has_no_room_is_not_made_by_halves()
    {
        await PrepareAsync();
        await using var producer = FiqProcess.Start(_store.PlainCommand("queue", "create", "other") with
        {
            // Waits until its limit is set.
            Binary = "/bin/sh",
            Arguments = ["-c", $"read line; exec {FiqBinary.Plain} queue create other"],
        });
        FileSizeLimit.Set(producer.Id, 5_000_000);
        await producer.WriteAsync("go\n");
        producer.EndInput();
        var refused = await producer.EndAsync();
        refused.ExitCode.Should().Be(DiskFull, "{0}", refused);
        ClearError.Faults(refused).Should().BeEmpty();
        (await new OpenQueue(_store.Path, "other").ExistsAsync()).Should().BeFalse();
        await new OpenQueue(_store.Path, "other").CreateAsync();
        await ShouldHaveEverythingAsync();
    }

    private async Task PrepareAsync()
    {
        (string, string)[] messages = [("a", "body"), ("b", "body")];
        _ledger.SentAtOnce(messages);
        var offset = await new OpenQueue(_store.Path, Queue).ProduceAsync(messages);
        _ledger.WasAcked("a", offset);
        _ledger.WasAcked("b", offset + 1);
    }

    private FiqCommand Limited(int descriptors, params string[] arguments) => _store.PlainCommand(arguments) with
    {
        Wrapper = ["/bin/sh", "-c", $"ulimit -n {descriptors}; exec \"$@\"", "sh"],
    };

    private static async Task<CapturedLines> FirstAsync(FiqProcess process)
    {
        await process.Output.WaitForCountAsync(1);
        return process.Output;
    }

    private static long EndOf(string segment) => File.ReadAllBytes(segment).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private async Task ShouldHaveEverythingAsync() =>
        _ledger.Faults(await new OpenQueue(_store.Path, Queue).DrainAsync()).Should().BeEmpty();
}
