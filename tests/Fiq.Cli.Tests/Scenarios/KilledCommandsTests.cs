using System.Globalization;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class KilledCommandsTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_killed_consumers_commands_die_with_it_and_all_they_have_started()
    {
        const int running = 4;
        await ProduceAsync(running);
        string mark = Mark();
        await using FiqProcess consumer = FiqProcess.Start(_store.PlainCommand(
            "consume", "q", "-w", $"{running}",
            "--exec", $"echo begun; sleep {mark} & sh -c 'sleep {mark}; true'; wait"));
        await consumer.Output.WaitForCountAsync(running);
        await UntilAsync(() => Running(mark) >= running * 2, "all of them sleep");
        consumer.Signal(Signal.Kill);
        await UntilAsync(() => Running(mark) == 0, "they die");

        FiqResult next = await FiqProcess.RunAsync(_store.PlainCommand(
            "consume", "q", "--count", $"{running}", "--exec", "echo $FIQ_OFFSET attempt $FIQ_ATTEMPT"));
        next.ExitCode.Should().Be(0, "{0}", next);
        next.Output.Lines.Order().Should().Equal(
            Enumerable.Range(0, running).Select(n => $"{n} attempt 2"),
            "each was started when its consumer was killed");
    }

    [Fact]
    public async Task Killed_at_any_moment_a_consumer_leaves_no_command_behind()
    {
        await ProduceAsync(2_000);
        string mark = Mark();
        var random = new Random(4);
        for (int i = 0; i < 12; i++)
        {
            await using FiqProcess consumer = FiqProcess.Start(_store.PlainCommand(
                "consume", "q", "-w", "8", "--exec", $"echo begun; sleep {mark} & sleep 0.01"));
            await consumer.Output.WaitForCountAsync(1 + random.Next(16));
            await Task.Delay(random.Next(30));
            consumer.Signal(Signal.Kill);
            await consumer.EndAsync();
            await UntilAsync(() => Running(mark) == 0, "nothing of it is left");
        }
    }

    [Fact]
    public async Task A_consumer_that_ends_leaves_no_guardian_behind()
    {
        await ProduceAsync(3);
        FiqResult result = await FiqProcess.RunAsync(_store.PlainCommand(
            "consume", "q", "--until-empty", "--exec", "ps -eo args | grep -c '[f]iq-guardian'"));
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Lines.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_command_inherits_no_descriptor_of_ours()
    {
        await ProduceAsync(1);
        FiqResult result = await FiqProcess.RunAsync(_store.PlainCommand(
            "consume", "q", "--until-empty", "--exec", "ls -l /proc/self/fd"));
        result.Output.Text.Should().Contain("pipe:[").And.NotContain(_store.Path).And.NotContain("anon_inode");
    }

    /// <summary>A number of seconds that no other sleep of this machine has.</summary>
    private static string Mark() => string.Create(
        CultureInfo.InvariantCulture, $"{Random.Shared.Next(100_000, 999_999)}.{Environment.ProcessId}");

    /// <summary>How many sleeps with that mark there are.</summary>
    private static int Running(string mark)
    {
        int count = 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(folder)[0])) continue;
            try
            {
                if (File.ReadAllText($"{folder}/cmdline") == $"sleep\0{mark}\0") count++;
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }
        }

        return count;
    }

    private static async Task UntilAsync(Func<bool> isSo, string what)
    {
        long startedAt = Environment.TickCount64;
        while (!isSo())
        {
            (Environment.TickCount64 - startedAt).Should()
                .BeLessThan((long)FiqProcess.Patience.TotalMilliseconds, what);
            await Task.Delay(10);
        }
    }

    private async Task ProduceAsync(int count)
    {
        string lines = string.Concat(Enumerable.Range(0, count).Select(n => $"k{n}:m:0\n"));
        FiqResult result = await FiqProcess.RunAsync(_store.PlainCommand("produce", "q", "-q"), lines);
        result.ExitCode.Should().Be(0, "{0}", result);
    }
}
