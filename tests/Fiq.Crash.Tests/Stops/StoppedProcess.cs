using System.Globalization;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Stops;

/// <summary>
/// A process that was stopped (SIGSTOP) at one of its system calls, and so with whatever locks it held just then. The
/// call itself has been made.
/// </summary>
internal sealed class StoppedProcess : IAsyncDisposable
{
    private readonly FiqProcess _strace;
    private readonly string _log;

    private StoppedProcess(FiqProcess strace, string log, int id)
    {
        _strace = strace;
        _log = log;
        Id = id;
    }

    public int Id { get; }

    /// <summary>Starts it, and returns once it is stopped.</summary>
    /// <param name="command">What to start; it gets no input.</param>
    /// <param name="call">The system call.</param>
    /// <param name="path">The file or folder that the call is about; null for any.</param>
    /// <param name="number">The how many-th of these calls.</param>
    public static async Task<StoppedProcess> StartAsync(FiqCommand command, string call, string? path, int number = 1)
    {
        var log = Path.GetTempFileName();
        var strace = FiqProcess.Start(command with
        {
            Wrapper =
            [
                "strace", "-f", "-qq", "-o", log, .. path is null ? [] : new[] { "-P", path },
                "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGSTOP:when={number}",
            ],
        });
        strace.EndInput();
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (!(await File.ReadAllTextAsync(log)).Contains("stopped by SIGSTOP", StringComparison.Ordinal))
        {
            strace.Output.Ended.IsCompleted.Should().BeFalse("it should come to {0}: {1}", call, strace.Errors.Text);
            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience, "it should come to {0}", call);
            await Task.Delay(10);
        }

        return new StoppedProcess(strace, log, ChildOf(strace.Id));
    }

    /// <summary>
    /// Lets it go on, to its end. Calls are counted for each thread, so another one of its threads may stop it again.
    /// </summary>
    public async Task<FiqResult> ContinueAsync()
    {
        var end = _strace.EndAsync();
        while (!end.IsCompleted && Signals.TrySend(Id, Signal.Continue))
        {
            await Task.WhenAny(end, Task.Delay(200));
        }

        return await end;
    }

    public async ValueTask DisposeAsync()
    {
        await _strace.DisposeAsync();
        File.Delete(_log);
    }

    private static int ChildOf(int pid) => int.Parse(
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ')[0], CultureInfo.InvariantCulture);
}
