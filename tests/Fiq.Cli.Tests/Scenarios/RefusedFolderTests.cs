using System.Diagnostics.CodeAnalysis;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

[SuppressMessage("Interoperability", "CA1416", Justification = "fiq is tested on Linux")]
public sealed class RefusedFolderTests
{
    private const UnixFileMode OwnOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task A_store_that_is_a_file_is_wrong_configuration()
    {
        using var store = new TemporaryStore();
        var file = Path.Combine(store.Path, "file");
        await File.WriteAllTextAsync(file, "mine");
        await ShouldBeRefusedAsync(new FiqCommand(file, "produce", "orders", "a1:hello:0"), 2, file);
        (await File.ReadAllTextAsync(file)).Should().Be("mine");
    }

    [Fact]
    public async Task A_folder_that_others_can_write_to_is_denied()
    {
        using var store = new TemporaryStore();
        File.SetUnixFileMode(store.Path, OwnOnly | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        await ShouldBeRefusedAsync(store.Command("produce", "orders", "a1:hello:0"), 5, store.Path);
        Directory.EnumerateFileSystemEntries(store.Path).Should().BeEmpty();
    }

    [RootFact]
    public async Task Another_users_folder_is_denied()
    {
        using var store = new TemporaryStore();
        Tool.Succeeds("chown", "65534", store.Path).Should().BeTrue();
        await ShouldBeRefusedAsync(store.Command("produce", "orders", "a1:hello:0"), 5, store.Path);
        Directory.EnumerateFileSystemEntries(store.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_queue_that_is_a_symbolic_link_is_denied()
    {
        using var store = new TemporaryStore();
        using var elsewhere = new TemporaryStore();
        File.CreateSymbolicLink(store.QueuePath("orders"), elsewhere.Path);
        await ShouldBeRefusedAsync(store.Command("produce", "orders", "a1:hello:0"), 5, "orders");
        Directory.EnumerateFileSystemEntries(elsewhere.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task Everything_that_is_created_is_its_owners_alone()
    {
        using var store = new TemporaryStore();
        var inner = new FiqCommand(Path.Combine(store.Path, "new", "store"), "produce", "orders", "a1:hello:0");
        (await FiqProcess.RunAsync(inner)).ExitCode.Should().Be(0);
        var consumed = await FiqProcess.RunAsync(inner with { Arguments = ["consume", "orders", "--until-empty"] });
        consumed.ExitCode.Should().Be(0, "{0}", consumed);

        foreach (var entry in new DirectoryInfo(inner.Store).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            var expected = entry is DirectoryInfo ? OwnOnly : OwnOnly & ~UnixFileMode.UserExecute;
            entry.UnixFileMode.Should().Be(expected, "{0}", entry.FullName);
        }
    }

    private static async Task ShouldBeRefusedAsync(FiqCommand command, int exit, string named)
    {
        var refused = await FiqProcess.RunAsync(command);
        refused.ExitCode.Should().Be(exit, "{0}", refused);
        refused.Output.Lines.Should().BeEmpty();
        refused.Errors.Count.Should().BeInRange(1, 2);
        refused.Errors.Text.Should().StartWith("fiq: ").And.Contain(named);
    }
}
