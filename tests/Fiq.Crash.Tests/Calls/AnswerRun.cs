using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Calls;

/// <summary>
/// Runs the binary with its stdout behind a pipe that has a name, so that strace knows the writes of answers from
/// those that the run-time makes to itself.
/// </summary>
internal static class AnswerRun
{
    private const string Script = """
        pipe=$1 log=$2 inject=$3; shift 3
        mkfifo "$pipe" || exit
        cat "$pipe" &
        strace -f -qq -o "$log" -P "$pipe" -e trace=write -e "$inject" \
            sh -c 'pipe=$1; shift; exec "$@" >"$pipe"' sh "$pipe" "$@"
        status=$?; wait; exit $status
        """;

    /// <summary>Runs it with one write of its answers that goes wrong, and tells whether it came to that one.</summary>
    public static async Task<(FiqResult Result, bool IsHit)> WithFaultAsync(
        TemporaryStore store, IEnumerable<string> arguments, Fault fault, int number)
    {
        var folder = Directory.CreateTempSubdirectory("fiq-answer-");
        try
        {
            var log = Path.Combine(folder.FullName, "log");
            var inject = $"inject=write:{fault.Injection}:when={number}";
            var result = await FiqProcess.RunAsync(store.PlainCommand([.. arguments]) with
            {
                Wrapper = ["sh", "-c", Script, "sh", Path.Combine(folder.FullName, "pipe"), log, inject],
            });
            var text = await File.ReadAllTextAsync(log);
            return (result, text.Contains(fault.Kills ? "killed by SIGKILL" : "(INJECTED)", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
