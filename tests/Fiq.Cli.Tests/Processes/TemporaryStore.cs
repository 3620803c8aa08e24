using System.Text.Json;

namespace Fiq.Cli.Tests.Processes;

/// <summary>A folder of queues for one test, removed at its end.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public TemporaryStore()
    {
        Path = Directory.CreateTempSubdirectory("fiq-test-").FullName;
    }

    public string Path { get; }

    public string QueuePath(string queue) => System.IO.Path.Combine(Path, queue);

    public FiqCommand Command(params string[] arguments) => new(Path, arguments);

    /// <summary>The same on the binary as it was built, for heavy scenarios.</summary>
    public FiqCommand PlainCommand(params string[] arguments) => new(Path, arguments) { Binary = FiqBinary.Plain };

    /// <summary>What `fiq queue show --json` says.</summary>
    public async Task<JsonElement> ShowAsync(string queue)
    {
        var shown = await FiqProcess.RunAsync(PlainCommand("queue", "show", queue, "--json"));
        shown.ExitCode.Should().Be(0, "{0}", shown);
        return JsonDocument.Parse(shown.Output.Text).RootElement;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
