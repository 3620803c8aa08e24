using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class KilledRunsTests : IDisposable
{
    private const int Kills = 10;

    private readonly TemporaryStore _store = new();
    private readonly Random _random = new(7);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_run_killed_at_random_and_resumed_with_the_same_input_runs_every_key_and_the_next_run_all_again()
    {
        const int count = 800;
        string log = Path.Combine(_store.Path, "log");
        await File.WriteAllTextAsync(log, "");
        FiqCommand command = _store.PlainCommand("run", "q", "--workers", "8", "--exec", $"echo $FIQ_KEY >> {log}");
        for (int kill = 0; kill < Kills; kill++)
        {
            await using FiqProcess run = FiqProcess.Start(command);
            await run.WriteAsync(Input(count));
            run.EndInput();
            // Sometimes while it starts and reads, sometimes in the midst of its work.
            if (kill % 3 == 0) await Task.Delay(_random.Next(150));
            else await UntilAsync(log, File.ReadAllLines(log).Length + _random.Next(1, count / Kills));
            run.Kill();
            await run.EndAsync();
        }

        await FinishAsync(command, count);
        string[] ran = await File.ReadAllLinesAsync(log);
        ran.Distinct().Should().HaveCount(count);
        ran.Should().HaveCountLessThanOrEqualTo(count + Kills * 8, "again runs only what was running");
        await File.WriteAllTextAsync(log, "");
        await FinishAsync(command, count);
        (await File.ReadAllLinesAsync(log)).Should().HaveCount(count).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Killed_while_it_reads_it_stores_and_works_on_every_line_once()
    {
        const int count = 8_000;
        // What was done and not yet read by us counts as an attempt when it is killed: thousands at a time.
        FiqCommand command = _store.PlainCommand("run", "q", "--workers", "8", "--json", "--max-attempts", "100");
        var keys = new HashSet<string>();
        for (int kill = 0; kill < Kills; kill++)
        {
            await using FiqProcess run = FiqProcess.Start(command);
            Task written = run.WriteAsync(Input(count));
            await Task.WhenAny(run.Output.WaitForCountAsync(1 + _random.Next(count / Kills)), run.Output.Ended);
            run.Kill();
            FiqResult killed = await run.EndAsync();
            await written;
            Add(keys, killed);
        }

        FiqResult last = await FiqProcess.RunAsync(command, Input(count));
        last.ExitCode.Should().Be(0, "{0}", last.Errors.Text);
        Add(keys, last);
        keys.Should().HaveCount(count);
        (await _store.ShowAsync("q")).GetProperty("nextOffset").GetInt64().Should().Be(count, "each is stored once");
    }

    private static string Input(int count) => string.Concat(Enumerable.Range(0, count).Select(n => $"k{n}:m:0\n"));

    // The last line of a killed process may be half a line.
    private static void Add(HashSet<string> keys, FiqResult result) => keys.UnionWith(
        result.Output.Lines.Where(line => line.EndsWith('}'))
            .Select(line => line.Split("\"key\":\"")[1].Split('"')[0]));

    private static async Task UntilAsync(string log, int count)
    {
        long startedAt = Environment.TickCount64;
        while (File.ReadAllLines(log).Length < count)
        {
            (Environment.TickCount64 - startedAt).Should()
                .BeLessThan((long)FiqProcess.Patience.TotalMilliseconds, "the run goes on");
            await Task.Delay(5);
        }
    }

    private static async Task FinishAsync(FiqCommand command, int count)
    {
        FiqResult result = await FiqProcess.RunAsync(command, Input(count));
        result.ExitCode.Should().Be(0, "{0}", result);
    }
}
