using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

public sealed class DamageTests
{
    [Fact]
    public async Task A_damaged_message_is_named_and_not_delivered_and_nothing_is_cut_off()
    {
        using var store = await StoreWithThreeMessagesAsync();
        var segment = SegmentOnDisk.In(store.QueuePath("orders"));
        segment.FlipABitIn("second body"); // makes it "recond body"

        var consumed = await FiqProcess.RunAsync(store.Command("consume", "orders", "--until-empty", "--json"));
        consumed.ExitCode.Should().Be(7, "{0}", consumed);
        consumed.Errors.Text.Should().Contain(segment.Name).And.Contain("damaged");
        consumed.Output.Text.Should().NotContain("b2").And.NotContain("c3");

        segment.FlipABitIn("recond body");
        var mended = await FiqProcess.RunAsync(store.Command("consume", "orders", "--until-empty", "--json"));
        mended.ExitCode.Should().Be(0, "{0}", mended);
        mended.Output.Text.Should().Contain("b2").And.Contain("c3");
    }

    [Theory]
    [InlineData("produce", "orders", "d4:after:0")]
    [InlineData("consume", "orders", "--until-empty")]
    [InlineData("queue", "show", "orders")]
    public async Task A_newer_format_is_refused_by_name_and_not_touched(params string[] command)
    {
        using var store = await StoreWithThreeMessagesAsync();
        var segment = SegmentOnDisk.In(store.QueuePath("orders"));
        segment.ClaimANewerFormat();

        var refused = await FiqProcess.RunAsync(store.Command(command));
        refused.ExitCode.Should().Be(1, "{0}", refused);
        refused.Errors.Text.Should().Contain(segment.Name).And.Contain("newer");
        segment.IsAsItWas().Should().BeTrue();
    }

    [Fact]
    public async Task A_foreign_file_in_a_queue_harms_nothing_and_is_left_alone()
    {
        using var store = await StoreWithThreeMessagesAsync();
        var foreign = Path.Combine(store.QueuePath("orders"), "notes.txt");
        await File.WriteAllTextAsync(foreign, "mine");
        await File.WriteAllTextAsync(Path.Combine(store.Path, "notes.txt"), "mine");

        var listed = await FiqProcess.RunAsync(store.Command("queue", "list", "--json"));
        listed.ExitCode.Should().Be(0, "{0}", listed);
        listed.Output.Lines.Should().ContainSingle();
        var produced = await FiqProcess.RunAsync(store.Command("produce", "orders", "d4:after:0"));
        produced.ExitCode.Should().Be(0, "{0}", produced);
        var consumed = await FiqProcess.RunAsync(store.Command("consume", "orders", "--until-empty"));
        consumed.Output.Count.Should().Be(4, "{0}", consumed);
        (await File.ReadAllTextAsync(foreign)).Should().Be("mine");
    }

    private static async Task<TemporaryStore> StoreWithThreeMessagesAsync()
    {
        var store = new TemporaryStore();
        foreach (var line in new[] { "a1:first body:0", "b2:second body:0", "c3:third body:0" })
        {
            var produced = await FiqProcess.RunAsync(store.Command("produce", "orders", line));
            produced.ExitCode.Should().Be(0, "{0}", produced);
        }

        return store;
    }
}
