using System.Diagnostics;

namespace Fiq.Cli.Tests.Processes;

/// <summary>How a shell script ended.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit {ExitCode}\nstdout:\n{Output}\nstderr:\n{Errors}";
}

/// <summary>
/// Command lines as a person types them: run by /bin/sh in the folder of a store of their own, with <c>fiq</c> on the
/// path, and on a terminal if asked for.
/// </summary>
internal static class Shell
{
    /// <summary>Runs a script with its input; each line goes in as it is typed.</summary>
    public static Task<ShellResult> RunAsync(TemporaryStore store, string script, string input = "") =>
        RunAsync(store, FiqBinary.Counted, "/bin/sh", ["-c", script], input);

    /// <summary>
    /// Runs it on a pseudo-terminal made by util-linux's script: what is typed is echoed, and both outputs come
    /// together as the terminal shows them.
    /// </summary>
    public static async Task<ShellResult> RunOnTerminalAsync(TemporaryStore store, string script, string typed)
    {
        ShellResult result = await RunAsync(
            store, FiqBinary.Plain, "script", ["-qec", script, "/dev/null"], typed);
        return result with { Output = result.Output.Replace("\r\n", "\n", StringComparison.Ordinal) };
    }

    private static async Task<ShellResult> RunAsync(
        TemporaryStore store, string binary, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = store.Path,
        };
        start.Environment["PATH"] = $"{Path.GetDirectoryName(binary)}:{start.Environment["PATH"]}";
        start.Environment["FIQ_STORE"] = Path.Combine(store.Path);
        start.Environment["NO_COLOR"] = "1";
        start.Environment["TERM"] = "xterm";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it; its status tells.
            process.StandardInput.Dispose();
        }

        Task end = Task.WhenAll(output, errors, process.WaitForExitAsync());
        if (await Task.WhenAny(end, Task.Delay(FiqProcess.Patience)) != end)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        return new ShellResult(process.ExitCode, await output, await errors);
    }
}
