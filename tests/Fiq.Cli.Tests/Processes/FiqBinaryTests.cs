namespace Fiq.Cli.Tests.Processes;

public sealed class FiqBinaryTests
{
    [Fact]
    public async Task Both_binaries_are_there_and_run()
    {
        foreach (var binary in new[] { FiqBinary.Plain, FiqBinary.Counted })
        {
            var result = await FiqProcess.RunAsync(new FiqCommand("/", "--version") { Binary = binary });
            result.ExitCode.Should().Be(0, "{0}", result);
            result.Output.Lines.Should().ContainSingle();
        }
    }
}
