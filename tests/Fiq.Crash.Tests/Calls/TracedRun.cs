using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Calls;

/// <summary>Runs the binary under strace, to its end.</summary>
internal static class TracedRun
{
    private const int Killed = 128 + (int)Signal.Kill;

    /// <summary>Runs it with one call that goes wrong, and tells whether it came to that call.</summary>
    public static async Task<(FiqResult Result, bool IsHit)> WithFaultAsync(
        TemporaryStore store, IEnumerable<string> arguments, CallFault fault)
    {
        var inject = $"inject={fault.Call}:{fault.Fault.Injection}:when={fault.Number}";
        var paths = fault.IsOnOurPaths ? PathsOf(store) : [];
        var (result, log) = await RunAsync(
            store, arguments, [.. Quick(fault.Fault), .. paths, "-e", $"trace={fault.Call}", "-e", inject]);
        var isHit = fault.Fault.Kills
            ? result.ExitCode == Killed
            : log.Any(line => line.Contains("(INJECTED)", StringComparison.Ordinal));
        return (result, isHit);
    }

    /// <summary>Counts the calls of the thread that makes most of them, without harming any.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> CountAsync(
        TemporaryStore store, IEnumerable<string> arguments, IEnumerable<string> calls, bool onOurPaths)
    {
        IReadOnlyList<string> paths = onOurPaths ? PathsOf(store) : [];
        var (result, log) = await RunAsync(
            store, arguments, ["--seccomp-bpf", .. paths, "-e", $"trace={string.Join(',', calls)}"]);
        result.ExitCode.Should().Be(0, "{0}", result);
        return log.Select(Parse)
            .GroupBy(line => (line.Thread, line.Call))
            .GroupBy(thread => thread.Key.Call)
            .ToDictionary(call => call.Key, call => call.Max(thread => thread.Count()));
    }

    // Where only the calls of interest stop the process it is quicker, but a signal that is injected there gets lost.
    private static IReadOnlyList<string> Quick(Fault fault) => fault.Kills ? [] : ["--seccomp-bpf"];

    private static IReadOnlyList<string> PathsOf(TemporaryStore store)
    {
        return
        [
            .. Directory.EnumerateFileSystemEntries(store.Path, "*", SearchOption.AllDirectories)
                .Prepend(store.Path)
                .SelectMany(path => new[] { "-P", path }),
        ];
    }

    private static async Task<(FiqResult Result, IReadOnlyList<string> Log)> RunAsync(
        TemporaryStore store, IEnumerable<string> arguments, IReadOnlyList<string> tracing)
    {
        var log = Path.GetTempFileName();
        try
        {
            var command = store.PlainCommand([.. arguments]) with
            {
                Wrapper = ["strace", "-f", "-qq", "-y", "-o", log, .. tracing],
            };
            return (await FiqProcess.RunAsync(command), await File.ReadAllLinesAsync(log));
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary><c>4711 fsync(35&lt;/store&gt;) = 0</c>, and what resumes or ends a line is none of its own.</summary>
    private static (string Thread, string Call) Parse(string line)
    {
        var words = line.Split([' ', '('], 3, StringSplitOptions.RemoveEmptyEntries);
        return (words[0], words.Length > 1 ? words[1] : "");
    }
}
