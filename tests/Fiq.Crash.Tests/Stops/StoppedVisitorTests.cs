using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Calls;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Stops;

/// <summary>
/// A process stops that nobody needs for his work: one that verifies, one that looks, one that repairs. The first two
/// are in nobody's way.
/// </summary>
public sealed class StoppedVisitorTests : IDisposable
{
    private const string Name = LedgeredQueue.Name;

    // Where the control page says who holds the check lock last: the eighth of the holders (docs/format.md).
    private const int CheckHolderAt = 768 + (7 * sizeof(int));

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [StraceFact]
    public async Task While_the_process_that_verifies_sealed_segments_is_stopped_everybody_works_on()
    {
        await FillAsync();
        // Another group keeps the segments that this consumer has no more to read.
        await new OpenQueue(_queue.Store.Path, Name).CreateGroupAsync("slow");
        var done = await ConsumeAsync();
        // To open a segment three reads are enough; only who verifies makes six.
        var consume = _queue.Fiq("consume", Name, "--count", "1", "--json");
        await using var checker = await StoppedProcess.StartAsync(consume, "pread64", _queue.Segments[1], number: 6);
        BitConverter.ToInt32(await File.ReadAllBytesAsync(_queue.Control), CheckHolderAt).Should().Be(checker.Id);
        await ShouldBeInNobodysWayAsync(done, async () =>
        {
            var going = checker.ContinueAsync();
            _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("last")));
            return Printed.In((await going).Output);
        });
    }

    [StraceTheory]
    [InlineData("queue show")]
    [InlineData("verify")]
    public async Task While_a_process_that_only_looks_is_stopped_everybody_works_on(string command)
    {
        await FillAsync();
        var look = _queue.Fiq([.. command.Split(' '), Name]);
        await using var onlooker = await StoppedProcess.StartAsync(look, "pread64", _queue.Segments[^1]);
        await ShouldBeInNobodysWayAsync([], async () =>
        {
            var ended = await onlooker.ContinueAsync();
            ended.ExitCode.Should().Be(0, "{0}", ended);
            return [];
        });
    }

    [StraceFact]
    public async Task While_a_process_that_repairs_a_queue_is_stopped_all_hear_its_name_and_then_all_is_mended()
    {
        await FillAsync();
        var offsets = Path.Combine(_queue.Folder, "groups", "default", "offset");
        await File.WriteAllTextAsync(offsets, "not what was there");
        var repair = _queue.Fiq("repair", Name, "--yes");
        await using var repairer = await StoppedProcess.StartAsync(
            repair, "renameat2", Path.GetDirectoryName(offsets)!);
        var others = await Others.RunAllAsync(_queue.Produce("refused"), _queue.Fiq("consume", Name, "--until-empty"));
        Others.ShouldBeBusy(others[0], "the attach lock", repairer);
        Others.ShouldBeBusy(others[1], "the attach lock", repairer);
        _queue.WasRefused("refused");
        var ended = await repairer.ContinueAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("after")));
        var verified = await FiqProcess.RunAsync(_queue.Fiq("verify", Name));
        verified.ExitCode.Should().Be(0, "{0}", verified);
        await _queue.ShouldHaveEverythingAsync();
    }

    /// <summary>Others produce, consume, look, roll and make groups meanwhile; then it goes on.</summary>
    private async Task ShouldBeInNobodysWayAsync(Found[] before, Func<Task<Found[]>> goOnAsync)
    {
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("meanwhile")));
        await _queue.StoreAsync(("roll-a", new string('r', 400_000)), ("roll-b", new string('s', 400_000)));
        var others = await Others.RunAllAsync(
            _queue.Fiq("consume", Name, "--until-empty", "--json"),
            _queue.Fiq("group", "create", Name, "new"),
            _queue.Fiq("verify", Name),
            _queue.Fiq("queue", "show", Name));
        others.Should().OnlyContain(other => other.ExitCode == 0);
        Found[] last = await goOnAsync();
        await _queue.ShouldHaveEverythingAsync([.. before, .. Printed.In(others[0].Output), .. last]);
    }

    private async Task<Found[]> ConsumeAsync()
    {
        var consumed = await FiqProcess.RunAsync(_queue.Fiq("consume", Name, "--until-empty", "--json"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed);
        return Printed.In(consumed.Output);
    }

    /// <summary>Three segments of two messages each.</summary>
    private async Task FillAsync()
    {
        await _queue.CreateAsync();
        foreach (var segment in new[] { "a", "b", "c" })
        {
            await _queue.StoreAsync(
                ($"{segment}-0", new string(segment[0], 400_000)), ($"{segment}-1", new string(segment[0], 400_000)));
        }
    }
}
