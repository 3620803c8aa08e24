using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Stops;

/// <summary>Those who are not stopped: all at once, and what they are told.</summary>
internal static class Others
{
    private const int Busy = 6;

    public static Task<FiqResult[]> RunAllAsync(params FiqCommand[] commands) =>
        Task.WhenAll(commands.Select(command => FiqProcess.RunAsync(command)));

    public static void ShouldBeBusy(FiqResult result, string what, StoppedProcess holder)
    {
        ShouldBeBusy(result, what);
        result.Errors.Text.Should().Contain($"process {holder.Id}");
    }

    /// <summary>As told where nobody can know who it is.</summary>
    public static void ShouldBeBusy(FiqResult result, string what)
    {
        result.ExitCode.Should().Be(Busy, "{0}", result);
        result.Output.Lines.Should().BeEmpty();
        result.Errors.Text.Should().Contain(what);
    }
}
