using System.Text.Json;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>Work that fails, kills its consumer, or is interrupted by a restart, with the real binary.</summary>
[Collection(Alone.Name)]
public sealed class FailingWorkTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Every_failing_key_is_dead_exactly_once_and_every_other_one_is_done_whoever_is_killed()
    {
        const int count = 400;
        const int kills = 20;
        string log = Path.Combine(_store.Path, "done.txt");
        await ProduceAsync("q", Enumerable.Range(0, count).Select(n => $"k{n}:m:0"));
        string[] work =
        [
            "consume", "q", "-w", "4", "--backoff", "5ms..50ms", "--max-attempts", "5", "--exec",
            $"case $FIQ_KEY in *0) exit 3;; esac; echo $FIQ_KEY >> {log}; sleep 0.01",
        ];
        var random = new Random(7);
        for (int i = 0; i < kills; i++)
        {
            await using FiqProcess consumer = FiqProcess.Start(_store.PlainCommand(work));
            await Task.Delay(200 + random.Next(300));
            consumer.Kill();
            await consumer.EndAsync();
        }

        FiqResult last = await FiqProcess.RunAsync(_store.PlainCommand([.. work, "--until-empty"]));

        last.ExitCode.Should().BeOneOf(0, 3);
        string[] done = await File.ReadAllLinesAsync(log);
        done.Distinct().Should().BeEquivalentTo(
            Enumerable.Range(0, count).Where(n => n % 10 != 0).Select(n => $"k{n}"));
        (done.Length - done.Distinct().Count()).Should().BeLessThanOrEqualTo(
            kills * 4, "again only what ran in a killed process");
        List<JsonElement> letters = await LettersAsync("q");
        letters.Select(letter => letter.GetProperty("key").GetString()).Should().BeEquivalentTo(
            Enumerable.Range(0, count).Where(n => n % 10 == 0).Select(n => $"k{n}"));
        letters.Should().OnlyContain(letter => letter.GetProperty("attempts").GetInt32() >= 5);
        await RetryBringsBackAsync();
    }

    [Fact]
    public async Task A_message_that_kills_its_consumer_is_dead_in_the_end_and_blocks_nobody()
    {
        await ProduceAsync("q", ["good1:m:0", "poison:m:0", "good2:m:0"]);
        string[] work =
        [
            "consume", "q", "--until-empty", "--backoff", "1ms..1ms", "--max-attempts", "3", "--exec",
            "if [ $FIQ_KEY = poison ]; then kill -9 $(cut -d' ' -f4 /proc/$$/stat); sleep 60; fi",
        ];
        FiqResult result = await FiqProcess.RunAsync(_store.PlainCommand(work));
        for (int i = 0; i < 5 && result.ExitCode == 137; i++)
            result = await FiqProcess.RunAsync(_store.PlainCommand(work));

        result.ExitCode.Should().Be(3, "{0}", result);
        JsonElement letter = (await LettersAsync("q")).Should().ContainSingle().Subject;
        letter.GetProperty("key").GetString().Should().Be("poison");
        letter.GetProperty("error").GetString().Should().Contain("killed");
        (await LagAsync("q")).Should().Be(0);
    }

    [Fact]
    public async Task A_rolling_restart_runs_no_message_twice_and_spends_no_attempt()
    {
        const int processes = 10;
        const int count = 100;
        await ProduceAsync("q", Enumerable.Range(0, count).Select(n => $"k{n}:m:1"));
        string[] work = ["consume", "q", "-w", "2", "--grace", "30s", "--json"];
        var running = new List<FiqProcess>();
        var ended = new List<FiqResult>();
        for (int i = 0; i < processes; i++) running.Add(FiqProcess.Start(_store.PlainCommand(work)));
        for (int i = 0; i < processes; i++)
        {
            running.Add(FiqProcess.Start(_store.PlainCommand(work)));
            // A supervisor stops the old one when the new one is there.
            while (await ConsumersAsync("q") <= processes) await Task.Delay(20);
            running[i].Signal(Signal.Terminate);
            ended.Add(await running[i].EndAsync());
        }

        while (await LagAsync("q") > 0) await Task.Delay(50);
        foreach (FiqProcess process in running.Skip(processes))
        {
            process.Signal(Signal.Terminate);
            ended.Add(await process.EndAsync());
        }

        ended.Should().OnlyContain(result => result.ExitCode == 0);
        List<JsonElement> results =
            [.. ended.SelectMany(result => result.Output.Lines).Select(line => JsonDocument.Parse(line).RootElement)];
        results.Select(line => line.GetProperty("key").GetString()).Should().OnlyHaveUniqueItems().And.HaveCount(count);
        results.Should().OnlyContain(line => line.GetProperty("attempt").GetInt32() == 1);
        foreach (FiqProcess process in running) await process.DisposeAsync();
    }

    private async Task RetryBringsBackAsync()
    {
        FiqResult retried = await FiqProcess.RunAsync(_store.PlainCommand("dead", "retry", "q", "--key", "k10"));
        retried.ExitCode.Should().Be(0, "{0}", retried);
        FiqResult done = await FiqProcess.RunAsync(_store.PlainCommand("consume", "q", "--until-empty"));
        done.Output.Lines.Should().ContainSingle().Which.Should().Contain(" k10 ");
        (await LettersAsync("q")).Should().HaveCount(39);
    }

    private async Task ProduceAsync(string queue, IEnumerable<string> lines)
    {
        FiqResult result = await FiqProcess.RunAsync(
            _store.PlainCommand("produce", queue, "-q"), string.Concat(lines.Select(line => line + "\n")));
        result.ExitCode.Should().Be(0, "{0}", result);
    }

    private async Task<List<JsonElement>> LettersAsync(string queue)
    {
        FiqResult listed = await FiqProcess.RunAsync(_store.PlainCommand("dead", "list", queue, "--json"));
        listed.ExitCode.Should().Be(0, "{0}", listed);
        return [.. listed.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private async Task<long> LagAsync(string queue) => (await GroupAsync(queue)).GetProperty("lag").GetInt64();

    private async Task<int> ConsumersAsync(string queue) =>
        (await GroupAsync(queue)).GetProperty("consumers").GetArrayLength();

    private async Task<JsonElement> GroupAsync(string queue) =>
        (await _store.ShowAsync(queue)).GetProperty("groups").EnumerateArray().Single();
}
