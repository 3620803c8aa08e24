using System.Diagnostics;
using System.Text;

namespace Fiq.Cli.Tests.Processes;

/// <summary>A real process of the real binary, on three pipes. Disposing kills it if it still runs.</summary>
internal sealed class FiqProcess : IAsyncDisposable
{
    private readonly Process _process;

    private FiqProcess(Process process)
    {
        _process = process;
        Output = new CapturedLines(process.StandardOutput.BaseStream);
        Errors = new CapturedLines(process.StandardError.BaseStream);
    }

    /// <summary>How long nothing may happen until a test gives up. Not a bar: machines are slow and shared.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(90);

    public int Id => _process.Id;

    public CapturedLines Output { get; }

    public CapturedLines Errors { get; }

    public Stream Input => _process.StandardInput.BaseStream;

    public static FiqProcess Start(FiqCommand command)
    {
        string[] words = [.. command.Wrapper, command.Binary, .. command.Arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["FIQ_STORE"] = command.Store;
        start.Environment["DOTNET_ROOT"] = FiqBinary.DotnetRoot;
        return new FiqProcess(Process.Start(start)!);
    }

    /// <summary>Starts it, gives it all its input, and waits for its end.</summary>
    public static Task<FiqResult> RunAsync(FiqCommand command, string input = "")
    {
        return RunAsync(command, Encoding.UTF8.GetBytes(input));
    }

    /// <inheritdoc cref="RunAsync(FiqCommand, string)"/>
    public static async Task<FiqResult> RunAsync(FiqCommand command, ReadOnlyMemory<byte> input)
    {
        await using var process = Start(command);
        await process.WriteAsync(input);
        process.EndInput();
        return await process.EndAsync();
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes to its input. A process that has ended reads no more, and that is fine.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Input.WriteAsync(bytes);
            await Input.FlushAsync();
        }
        catch (IOException) when (HasHungUp())
        {
            InputWasRefused = true;
        }
    }

    /// <summary>Whether it ended, or closed its input, before it had read everything.</summary>
    public bool InputWasRefused { get; private set; }

    /// <summary>Closes its input; also after it has closed it itself.</summary>
    public void EndInput() => Input.Dispose();

    public void Signal(Signal signal) => Signals.Send(Id, signal);

    /// <summary>Kills it; it may have come to its end by itself meanwhile.</summary>
    public void Kill() => Signals.TrySend(Id, Processes.Signal.Kill);

    /// <summary>Waits for its end and the end of its pipes.</summary>
    public async Task<FiqResult> EndAsync()
    {
        var end = Task.WhenAll(_process.WaitForExitAsync(), Output.Ended, Errors.Ended);
        if (await Task.WhenAny(end, Task.Delay(Patience)) != end)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end; it said:\n{Errors.Text}");
        }

        return new FiqResult(_process.ExitCode, Output, Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>A pipe breaks a moment before its process is seen to have ended.</summary>
    private bool HasHungUp() => _process.WaitForExit(TimeSpan.FromSeconds(5)) || Output.Ended.IsCompleted;

    private static bool IsOurs(string name)
    {
        return name.StartsWith("FIQ_", StringComparison.Ordinal)
            || name is "XDG_DATA_HOME" or "STATE_DIRECTORY" or "NO_COLOR";
    }
}

/// <summary>What to start.</summary>
/// <param name="Store">The folder, given in FIQ_STORE.</param>
/// <param name="Arguments">What stands behind <c>fiq</c>.</param>
internal sealed record FiqCommand(string Store, params string[] Arguments)
{
    public string Binary { get; init; } = FiqBinary.Counted;

    /// <summary>A program, with its arguments, that starts the binary, such as strace.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];
}

/// <summary>How a process ended.</summary>
internal sealed record FiqResult(int ExitCode, CapturedLines Output, CapturedLines Errors)
{
    public override string ToString() => $"exit {ExitCode}\nstdout:\n{Output.Text}\nstderr:\n{Errors.Text}";
}
