using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Tests.Doubles;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Cli.Tests.Torture;

/// <summary>The storm itself: short ones; the long ones are a user's.</summary>
[Collection(Alone.Name)]
public sealed class TortureTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_short_torture_breaks_no_promise_and_leaves_nothing()
    {
        FiqResult result = await FiqProcess.RunAsync(
            _store.PlainCommand("torture", "--seconds", "3", "--seed", "20261127", "--json"));
        result.ExitCode.Should().Be(0, "{0}", result);
        JsonElement said = JsonDocument.Parse(result.Output.Text).RootElement;
        said.GetProperty("seed").GetInt32().Should().Be(20261127);
        said.GetProperty("kills").GetInt32().Should().BePositive();
        said.GetProperty("acked").GetInt64().Should().BePositive();
        said.GetProperty("delivered").GetInt64()
            .Should().BeGreaterThanOrEqualTo(2 * said.GetProperty("acked").GetInt64());
        said.GetProperty("violations").GetArrayLength().Should().Be(0);
        said.GetProperty("ok").GetBoolean().Should().BeTrue();
        Directory.EnumerateFileSystemEntries(_store.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_torture_that_is_asked_to_end_gives_its_verdict()
    {
        await using FiqProcess torture = FiqProcess.Start(_store.PlainCommand("torture", "--minutes", "60"));
        await torture.Errors.WaitForAsync("Ctrl-C ends it early");
        torture.Signal(Signal.Terminate);
        FiqResult result = await torture.EndAsync();
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Lines[^1].Should().Be("nothing acknowledged was lost, changed, doubled or reordered");
    }

    [Fact]
    public async Task A_killed_torture_takes_all_its_processes_along_and_the_next_one_cleans_up()
    {
        await using FiqProcess torture = FiqProcess.Start(
            _store.PlainCommand("torture", "--minutes", "60", "--producers", "2", "--consumers", "2"));
        await torture.Errors.WaitForAsync("Ctrl-C ends it early");
        // Not even one that is stopped may be left behind. It may be gone by itself before: it is a storm.
        await Until(() => ChildrenOf(torture.Id)
            .Exists(child => HasQueueOpen(child) && Signals.TrySend(child, Signal.Stop)));
        List<int> children = ChildrenOf(torture.Id);
        torture.Signal(Signal.Kill);
        await torture.EndAsync();
        await Until(() => !children.Exists(IsAlive));
        Directory.GetDirectories(_store.Path).Should().ContainSingle();

        FiqResult next = await FiqProcess.RunAsync(_store.PlainCommand("torture", "--seconds", "1"));
        next.ExitCode.Should().Be(0, "{0}", next);
        Directory.EnumerateFileSystemEntries(_store.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_folder_that_holds_evidence_is_not_removed()
    {
        string evidence = Path.Combine(_store.Path, "_torture-1");
        Directory.CreateDirectory(evidence);
        await File.WriteAllTextAsync(Path.Combine(evidence, "lock"), "");
        await File.WriteAllTextAsync(Path.Combine(evidence, "evidence.txt"), "seed 1");
        FiqResult result = await FiqProcess.RunAsync(
            _store.PlainCommand("torture", "--seconds", "1", "--producers", "1", "--consumers", "2"));
        result.ExitCode.Should().Be(0, "{0}", result);
        Directory.EnumerateFileSystemEntries(_store.Path).Should().Equal(evidence);
    }

    [Fact]
    public async Task Minutes_and_seconds_contradict_each_other()
    {
        var run = await new CommandLineRun().RunAsync("torture", "--minutes", "1", "--seconds", "1");
        run.Exit.Should().Be(ExitCode.Usage);
        run.ErrorLines[0].Should().Be("fiq: --seconds contradicts --minutes.");
    }

    private static List<int> ChildrenOf(int pid) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => Path.GetFileName(path))
            .Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Where(id => ParentOf(id) == pid),
    ];

    /// <summary>Whether it is past its start: it works.</summary>
    private static bool HasQueueOpen(int pid)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{pid}/fd")
                .Any(each => new FileInfo(each).LinkTarget?.EndsWith("/control", StringComparison.Ordinal) == true);
        }
        catch (IOException)
        {
            return false; // gone
        }
    }

    private static bool IsAlive(int pid) => ParentOf(pid) is not null;

    /// <summary>The parent of a process that is neither gone nor only waiting to be buried.</summary>
    private static int? ParentOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null; // gone
        }
    }

    private static async Task Until(Func<bool> holds)
    {
        for (TimeSpan waited = TimeSpan.Zero; !holds(); waited += TimeSpan.FromMilliseconds(20))
        {
            waited.Should().BeLessThan(FiqProcess.Patience);
            await Task.Delay(20);
        }
    }
}
