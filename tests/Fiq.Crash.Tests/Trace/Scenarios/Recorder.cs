using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>Runs the shipped binary under strace, one process or several at once, and keeps what they did.</summary>
internal sealed class Recorder : IDisposable
{
    /// <summary>Below the traced folder; both parts are made by fiq.</summary>
    public const string StorePath = "deep/store";

    private readonly string _binary;
    private readonly string _folder = Directory.CreateTempSubdirectory("fiq-trace-").FullName;
    private readonly Dictionary<string, string> _sent = [];
    private readonly List<Seen> _seen = [];
    private int _processes;

    public Recorder(string binary)
    {
        _binary = binary;
        Directory.CreateDirectory(Root);
        // Of an empty folder fiq would sync the path above it, too, and how long that is differs between machines.
        File.WriteAllText(Path.Combine(Root, "not empty"), "");
    }

    private string Root => Path.Combine(_folder, "root");

    /// <summary>Starts a process; more options of strace, such as a fault to inject, come first.</summary>
    public FiqProcess Start(IReadOnlyList<string> strace, params string[] arguments) =>
        FiqProcess.Start(new FiqCommand(Path.Combine(Root, StorePath), arguments)
        {
            Binary = _binary,
            Wrapper = TraceLog.Wrapper(LogPath(_processes++), [.. strace]),
        });

    /// <summary>Runs a process that must succeed.</summary>
    public async Task<FiqResult> RunAsync(params string[] arguments)
    {
        var result = await EndAsync(Start([], arguments));
        result.ExitCode.Should().Be(0, "{0}", result);
        return result;
    }

    /// <summary>A line for a producer, remembered.</summary>
    public string Line(string key, string body, string seconds = "0")
    {
        _sent.Add(key, body);
        return $"{key}:{body}:{seconds}\n";
    }

    /// <summary>
    /// Gives lines one by one: each is a commit of its own, as long as the process answers. Between them, when it is
    /// alone, its control page is looked at.
    /// </summary>
    public async Task FeedOneByOneAsync(
        FiqProcess process, string name, int count, string body = "some work", bool alone = true)
    {
        for (var number = 0; number < count && !process.InputWasRefused; number++)
        {
            await process.WriteAsync(Line($"{name}-{number}", $"{body} {number}"));
            if (!await AnsweredAsync(process, number + 1))
            {
                return;
            }

            if (alone)
            {
                LookAtThePage();
            }
        }
    }

    /// <summary>Closes its input and waits for its end.</summary>
    public static async Task<FiqResult> EndAsync(FiqProcess process)
    {
        await using (process)
        {
            process.EndInput();
            return await process.EndAsync();
        }
    }

    /// <summary>What all processes did; they must have ended.</summary>
    public TraceRecord Finish()
    {
        var traced = Enumerable.Range(0, _processes)
            .SelectMany(process => TraceLog.Read(process, File.ReadLines(LogPath(process))));
        var calls = StoreTrace.Of(Root, traced).Concat(_seen).OrderBy(call => call.When.Start);
        return new TraceRecord([.. calls], _sent);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The moment is taken afterwards: the page is never newer than it says.</summary>
    private void LookAtThePage()
    {
        const string path = $"{StorePath}/{Producing.Queue}/control";
        var bytes = File.ReadAllBytes(Path.Combine(Root, path));
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _seen.Add(new Seen(new Interval(now, now), path, bytes));
    }

    /// <summary>False when it ends before it has answered.</summary>
    private static async Task<bool> AnsweredAsync(FiqProcess process, int count)
    {
        var answered = process.Output.WaitForCountAsync(count);
        await Task.WhenAny(answered, process.Output.Ended);
        return process.Output.Count >= count || (!process.Output.Ended.IsCompleted && await Answered(answered));
    }

    private static async Task<bool> Answered(Task answered)
    {
        await answered;
        return true;
    }

    private string LogPath(int process) => Path.Combine(_folder, $"{process}.strace");
}
