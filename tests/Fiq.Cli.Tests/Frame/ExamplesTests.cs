using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Frame;

/// <summary>Every example that help shows is a command line that works.</summary>
public sealed class ExamplesTests
{
    public static TheoryData<string> Examples() =>
        [.. CommandLineTests.AllCommands().SelectMany(command => command.Examples).Distinct()];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_works(string example)
    {
        using var store = new TemporaryStore();
        await File.WriteAllTextAsync(Path.Combine(store.Path, "mails.txt"), "one\ntwo\n");
        if (!example.StartsWith("fiq queue create", StringComparison.Ordinal))
            await FiqProcess.RunAsync(store.Command("produce", "orders", "a1:hello:0", "b2:world:0"));
        if (example.StartsWith("fiq dead", StringComparison.Ordinal))
            await FiqProcess.RunAsync(store.Command("consume", "orders", "--count", "1", "--exec", "exit 65"));
        // What waits for a person ends as a person would end it.
        ShellResult result = await Shell.RunAsync(store, example, "exit\n");
        result.ExitCode.Should().Be(0, "{0}\n{1}", example, result);
    }
}
