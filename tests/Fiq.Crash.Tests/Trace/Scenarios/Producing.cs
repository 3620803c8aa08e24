using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>Scenarios in which messages are stored.</summary>
internal static class Producing
{
    public const string Queue = "orders";

    /// <summary>Some 60 KB: seventeen of them fill the smallest segment.</summary>
    public static readonly string Long = new('x', 60_000);

    /// <summary>The first producer makes the store and the queue; each line is a commit.</summary>
    public static async Task OneByOne(Recorder recorder)
    {
        var process = recorder.Start([], "produce", Queue);
        await recorder.FeedOneByOneAsync(process, "a", 6);
        (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
    }

    /// <summary>
    /// The first producer dies when it has made a folder above the store and is about to sync that; the second one
    /// finds it. A process's first sync of this kind is the self-test's.
    /// </summary>
    public static async Task BehindAHalfMadePath(Recorder recorder)
    {
        var killed = recorder.Start(["-e", "inject=fsync:signal=KILL:when=2"], "produce", Queue);
        (await Recorder.EndAsync(killed)).ExitCode.Should().NotBe(0);
        await OneByOne(recorder);
    }

    /// <summary>A few hundred lines at once: few commits.</summary>
    public static async Task FromAPipe(Recorder recorder)
    {
        await recorder.RunAsync("queue", "create", Queue, "--json");
        var process = recorder.Start([], "produce", Queue, "--json");
        await process.WriteAsync(string.Concat(
            Enumerable.Range(0, 400).Select(number => recorder.Line($"p-{number}", $"piped work {number}"))));
        (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
    }

    /// <summary>Three segments, each full.</summary>
    public static async Task Rolling(Recorder recorder)
    {
        await CreateSmallAsync(recorder);
        var process = recorder.Start([], "produce", Queue);
        await recorder.FeedOneByOneAsync(process, "r", 40, Long);
        (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
    }

    /// <summary>A producer dies when it begins to sync; the next one recovers what it left.</summary>
    public static async Task RecoveringAfterAKill(Recorder recorder)
    {
        await recorder.RunAsync("queue", "create", Queue);
        var killed = recorder.Start(["-e", "inject=fdatasync:signal=KILL:when=4"], "produce", Queue);
        await recorder.FeedOneByOneAsync(killed, "k", 12);
        (await Recorder.EndAsync(killed)).ExitCode.Should().NotBe(0);
        var next = recorder.Start([], "produce", Queue);
        await recorder.FeedOneByOneAsync(next, "n", 3);
        (await Recorder.EndAsync(next)).ExitCode.Should().Be(0);
    }

    /// <summary>A sync of a segment fails once, and its producer goes on in the next one.</summary>
    public static async Task AFailedSync(Recorder recorder)
    {
        await recorder.RunAsync("queue", "create", Queue);
        var process = recorder.Start(["-e", "inject=fdatasync:error=EIO:when=4"], "produce", Queue);
        await recorder.FeedOneByOneAsync(process, "f", 12);
        (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
    }

    /// <summary>
    /// The folder can't be synced when a segment has got its name, and another producer goes on. Each roll costs two
    /// syncs of this kind on the thread that appends, the file's and then the folder's; a starting process makes
    /// three on another.
    /// </summary>
    public static async Task AFailedFolderSync(Recorder recorder)
    {
        await CreateSmallAsync(recorder);
        var process = recorder.Start(["-e", "inject=fsync:error=EIO:when=4"], "produce", Queue);
        await recorder.FeedOneByOneAsync(process, "d", 40, Long);
        (await Recorder.EndAsync(process)).ExitCode.Should().NotBe(0);
        var next = recorder.Start([], "produce", Queue);
        await recorder.FeedOneByOneAsync(next, "e", 3, Long);
        (await Recorder.EndAsync(next)).ExitCode.Should().Be(0);
    }

    /// <summary>Two processes share a log that is rolled while they append.</summary>
    public static async Task TwoAtOnce(Recorder recorder)
    {
        await CreateSmallAsync(recorder);
        string[] names = ["x", "y"];
        await Task.WhenAll(names.Select(async name =>
        {
            var process = recorder.Start([], "produce", Queue);
            await recorder.FeedOneByOneAsync(process, name, 14, Long, alone: false);
            (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
        }));
    }

    public static Task<FiqResult> CreateSmallAsync(Recorder recorder) =>
        recorder.RunAsync("queue", "create", Queue, "--segment-bytes", "1MiB");
}
