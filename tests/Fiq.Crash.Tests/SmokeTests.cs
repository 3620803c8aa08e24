using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task The_binary_runs()
    {
        var result = await FiqProcess.RunAsync(new FiqCommand("/", "--version") { Binary = FiqBinary.Plain });
        result.ExitCode.Should().Be(0, "{0}", result);
    }
}
