using System.Text;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Disks;

/// <summary>
/// Processes that use a queue until the power goes: producers that are fed without a pause and consumers that wait.
/// What they said until their end goes into the ledger.
/// </summary>
internal sealed class Load(LoopDisk disk, CutLedger ledger, Random random) : IAsyncDisposable
{
    private const int LinesMax = 3_000;
    private const int BurstMax = 30;

    private readonly List<(FiqProcess Process, Task Feeding)> _producers = [];
    private readonly List<(FiqProcess Process, string Group)> _consumers = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts a producer that sends lines with keys <c>name-0</c>, <c>name-1</c> and so on.</summary>
    public void Produce(string name)
    {
        var process = FiqProcess.Start(disk.Command("produce", CutHistory.Queue));
        _producers.Add((process, FeedAsync(process, name, new Random(random.Next()), _stop.Token)));
    }

    public void Consume(string group)
    {
        _consumers.Add((FiqProcess.Start(Consuming(disk, group)), group));
    }

    public static FiqCommand Consuming(LoopDisk disk, string group, params string[] more)
    {
        return disk.Command(
            ["consume", CutHistory.Queue, "--json", "--workers", "8", "--group", group, .. more]);
    }

    public static string LineOf(string key) => $"{key}:{CutLedger.BodyOf(key)}:0\n";

    /// <summary>Waits until the first producer has been acknowledged something: from here on there is work.</summary>
    public Task WaitForWorkAsync() => _producers[0].Process.Output.WaitForCountAsync(1);

    /// <summary>Nobody may have ended while there was power.</summary>
    public void MustRun()
    {
        foreach (var process in Processes)
        {
            process.Output.Ended.IsCompleted.Should().BeFalse("it runs until the power goes: {0}", process.Errors.Text);
        }
    }

    /// <summary>Ends whoever has not ended by itself, and writes down what they said.</summary>
    /// <param name="cutAt">When the power began to go.</param>
    public async Task EndAsync(long cutAt)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(Processes.Select(KillAsync));
        await Task.WhenAll(_producers.Select(producer => producer.Feeding));
        foreach (var (process, _) in _producers)
        {
            ledger.AddAcked(process.Output, cutAt);
        }

        foreach (var (process, group) in _consumers)
        {
            ledger.AddPrinted(group, process.Output, cutAt);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
        {
            await process.DisposeAsync();
        }

        _stop.Dispose();
    }

    private IEnumerable<FiqProcess> Processes =>
        _producers.Select(each => each.Process).Concat(_consumers.Select(each => each.Process));

    /// <summary>Kills it and waits for its end; without a disk it may have ended by itself.</summary>
    public static async Task KillAsync(FiqProcess process)
    {
        process.Kill();
        await process.EndAsync();
    }

    private static async Task FeedAsync(FiqProcess process, string name, Random random, CancellationToken stop)
    {
        var line = 0;
        while (line < LinesMax && !process.InputWasRefused && !stop.IsCancellationRequested)
        {
            var burst = new StringBuilder();
            for (var end = line + random.Next(1, BurstMax); line < end; line++)
            {
                burst.Append(LineOf($"{name}-{line}"));
            }

            await process.WriteAsync(burst.ToString());
            await Task.Delay(random.Next(0, 3), CancellationToken.None);
        }
    }
}
