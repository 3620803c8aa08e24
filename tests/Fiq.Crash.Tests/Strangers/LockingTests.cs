using System.Globalization;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Calls;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Strangers;

/// <summary>Locks that are switched off, not there, or handed down to a child.</summary>
public sealed class LockingTests : IDisposable
{
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int LinesEach = 500;

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [StraceTheory]
    [InlineData("ENOLCK")]
    [InlineData("EOPNOTSUPP")]
    public async Task Where_the_file_system_has_no_locks_a_queue_is_refused_and_nothing_is_stored(string error)
    {
        await _queue.StoreAsync(("before", "body"));
        foreach (var (command, file) in new[]
        {
            (_queue.Produce("refused"), _queue.Control),
            (_queue.Fiq("consume", LedgeredQueue.Name, "--until-empty"), _queue.Leases),
        })
        {
            var refused = await FiqProcess.RunAsync(command with
            {
                Wrapper =
                [
                    "strace", "-f", "-qq", "-o", "/dev/null", "--seccomp-bpf", "-P", file,
                    "-e", "trace=fcntl", "-e", $"inject=fcntl:error={error}:when=1+",
                ],
            });
            refused.ExitCode.Should().Be(1, "{0}", refused);
            ClearError.Faults(refused).Should().BeEmpty();
            refused.Errors.Text.Should().Contain(file);
            refused.Output.Lines.Should().BeEmpty();
        }

        _queue.WasRefused("refused");
        await _queue.ShouldHaveEverythingAsync();
    }

    [Fact]
    public async Task The_switch_that_turns_off_the_run_times_file_locks_turns_off_none_of_ours()
    {
        await _queue.CreateAsync();
        var producers = Enumerable.Range(0, 3).Select(RunUnlockedProducerAsync).ToList();
        var acked = (await Task.WhenAll(producers)).SelectMany(lines => lines).ToList();
        acked.Select(line => line.Offset).Order()
            .Should().Equal(Enumerable.Range(0, 3 * LinesEach).Select(n => (long)n));
        var consumed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => FiqProcess.RunAsync(
            Unlocked("consume", LedgeredQueue.Name, "--until-empty", "--workers", "4"))));
        consumed.SelectMany(each => ResultLine.In(each.Output)).Select(line => (line.Offset, line.Key)).Order()
            .Should().Equal(acked.Select(line => (line.Offset, line.Key)).Order());
    }

    [Fact]
    public async Task A_child_of_a_process_inherits_no_descriptor_and_so_no_lock_of_a_queue()
    {
        await using var producer = await _queue.StartProducerAsync("a");
        await using var consumer = FiqProcess.Start(_queue.Fiq("consume", LedgeredQueue.Name));
        await consumer.Output.WaitForCountAsync(1);
        foreach (var process in new[] { producer, consumer })
        {
            var open = Directory.EnumerateFileSystemEntries($"/proc/{process.Id}/fd")
                .Where(fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)!.FullName.StartsWith(
                    _queue.Store.Path, StringComparison.Ordinal))
                .Select(fd => int.Parse(Path.GetFileName(fd), CultureInfo.InvariantCulture))
                .ToList();
            open.Should().NotBeEmpty();
            open.Where(fd => (FlagsOf(process.Id, fd) & CloseOnExec) == 0).Should().BeEmpty();
        }
    }

    private async Task<IReadOnlyList<ResultLine>> RunUnlockedProducerAsync(int number)
    {
        var lines = string.Concat(Enumerable.Range(0, LinesEach).Select(n => $"p{number}-{n}:work:0\n"));
        var result = await FiqProcess.RunAsync(Unlocked("produce", LedgeredQueue.Name), lines);
        result.ExitCode.Should().Be(0, "{0}", result.Errors.Text);
        return ResultLine.In(result.Output);
    }

    private FiqCommand Unlocked(params string[] arguments) => _queue.Fiq(arguments) with
    {
        Wrapper = ["/usr/bin/env", "DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1"],
    };

    /// <summary>The kernel writes them in octal.</summary>
    private static int FlagsOf(int pid, int descriptor) => Convert.ToInt32(
        File.ReadLines($"/proc/{pid}/fdinfo/{descriptor}")
            .Single(line => line.StartsWith("flags:", StringComparison.Ordinal))
            .Split('\t')[1].Trim(),
        8);
}
