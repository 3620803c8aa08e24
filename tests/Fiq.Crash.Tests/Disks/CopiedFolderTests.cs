using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>A queue's folder that was copied with cp while processes used it.</summary>
[Collection(Alone.Name)]
public sealed class CopiedFolderTests
{
    private const int Copies = 6;
    private const int Damaged = 7;
    private const string Queue = CutHistory.Queue;

    [Fact]
    public async Task A_copy_taken_while_running_groups_first_opens_and_has_everything_acknowledged_before()
    {
        using var store = new TemporaryStore();
        await using var busy = await BusyQueue.StartAsync(store);
        for (var number = 0; number < Copies; number++)
        {
            using var copy = new TemporaryStore();
            var acked = ResultLine.In(busy.Acked);
            Directory.CreateDirectory(copy.QueuePath(Queue), OwnOnly);
            Copy(Path.Combine(store.QueuePath(Queue), "groups"), copy.QueuePath(Queue));
            foreach (var file in Directory.GetFiles(store.QueuePath(Queue)))
            {
                Copy(file, copy.QueuePath(Queue));
            }

            var (opened, stored) = await OpenAsync(copy);
            opened.ExitCode.Should().Be(0, "{0}", opened.Errors.Text);
            ShouldHold(stored, acked);
        }
    }

    [Fact]
    public async Task Any_other_copy_taken_while_running_opens_whole_or_is_refused_by_name()
    {
        using var store = new TemporaryStore();
        await using var busy = await BusyQueue.StartAsync(store);
        for (var number = 0; number < Copies; number++)
        {
            using var copy = new TemporaryStore();
            var acked = ResultLine.In(busy.Acked);
            Directory.CreateDirectory(copy.QueuePath(Queue), OwnOnly);
            // The groups last: what they say is settled may lie behind the end of the log as it was copied.
            var entries = Directory.GetFileSystemEntries(store.QueuePath(Queue));
            foreach (var entry in entries.OrderBy(Directory.Exists).ThenBy(_ => Random.Shared.Next()))
            {
                Copy(entry, copy.QueuePath(Queue));
                await Task.Delay(20);
            }

            var (opened, stored) = await OpenAsync(copy);
            opened.ExitCode.Should().BeOneOf([0, Damaged], "{0}", opened.Errors.Text);
            ShouldBeWhatWasSent(stored);
            if (opened.ExitCode == 0)
            {
                ShouldHold(stored, acked);
            }
            else
            {
                opened.Errors.Text.Should().Contain("damaged").And.Contain(copy.QueuePath(Queue));
            }
        }
    }

    private const UnixFileMode OwnOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A file may be gone before its turn comes, as for anybody who copies.</summary>
    private static void Copy(string from, string to) => Tool.Succeeds("cp", "-a", from, to);

    private static async Task<(FiqResult Opened, List<(long Offset, string Key, string Body)> Stored)> OpenAsync(
        TemporaryStore copy)
    {
        var opened = await FiqProcess.RunAsync(copy.PlainCommand(
            "consume", Queue, "--group", "from-the-copy", "--until-empty", "--json"));
        return (opened, [.. opened.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => (
                line.GetProperty("offset").GetInt64(),
                line.GetProperty("key").GetString()!,
                line.GetProperty("body").GetString()!))]);
    }

    private static void ShouldBeWhatWasSent(List<(long Offset, string Key, string Body)> stored)
    {
        stored.Select(line => line.Offset).Should().Equal(Enumerable.Range(0, stored.Count).Select(n => (long)n));
        stored.Select(line => line.Key).Should().OnlyHaveUniqueItems();
        stored.Where(line => line.Body != CutLedger.BodyOf(line.Key)).Should().BeEmpty();
    }

    private static void ShouldHold(
        List<(long Offset, string Key, string Body)> stored, IReadOnlyList<ResultLine> acked)
    {
        ShouldBeWhatWasSent(stored);
        stored.Should().HaveCountGreaterThanOrEqualTo(acked.Count);
        acked.Where(line => stored[(int)line.Offset].Key != line.Key).Should().BeEmpty();
    }

    /// <summary>A producer that never pauses, a consumer that settles, and a group that keeps all segments.</summary>
    private sealed class BusyQueue : IAsyncDisposable
    {
        private readonly FiqProcess _producer;
        private readonly FiqProcess _consumer;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _feeding;

        private BusyQueue(TemporaryStore store)
        {
            _producer = FiqProcess.Start(store.PlainCommand("produce", Queue));
            _consumer = FiqProcess.Start(store.PlainCommand("consume", Queue, "--workers", "8"));
            _feeding = FeedAsync();
        }

        public CapturedLines Acked => _producer.Output;

        public static async Task<BusyQueue> StartAsync(TemporaryStore store)
        {
            string[][] begin =
            [
                ["queue", "create", Queue, "--segment-bytes", "1MiB"],
                ["group", "create", Queue, "all"],
            ];
            foreach (var words in begin)
            {
                var begun = await FiqProcess.RunAsync(store.PlainCommand(words));
                begun.ExitCode.Should().Be(0, "{0}", begun);
            }

            var busy = new BusyQueue(store);
            await busy._consumer.Output.WaitForCountAsync(1);
            return busy;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _feeding;
            await _producer.DisposeAsync();
            await _consumer.DisposeAsync();
            _stop.Dispose();
        }

        private async Task FeedAsync()
        {
            for (var line = 0; !_stop.IsCancellationRequested && !_producer.InputWasRefused; line++)
            {
                await _producer.WriteAsync(Load.LineOf($"busy-{line}"));
                await Task.Delay(1);
            }
        }
    }
}
