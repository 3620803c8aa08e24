using System.Diagnostics;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>
/// The program as users get it: one file, compiled ahead. Made once from what was built, in some seconds, and each of
/// the many starts is two times quicker for it.
/// </summary>
internal static class ShippedBinary
{
    /// <summary>Publishes into a folder and returns the program's path.</summary>
    public static async Task<string> PublishAsync(string folder)
    {
        var built = FiqBinary.Plain.Split("/bin/");
        var (project, configuration) = (built[0], built[1].Split('/')[0]);
        var start = new ProcessStartInfo(
            Path.Combine(FiqBinary.DotnetRoot, "dotnet"),
            ["publish", project, "-c", configuration, "--no-build", "-nodeReuse:false", "-o", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0}{1}", await output, await errors);
        return Path.Combine(folder, "fiq");
    }
}
