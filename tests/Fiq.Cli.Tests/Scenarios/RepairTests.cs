using System.Text.Json;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

public sealed class RepairTests
{
    [Fact]
    public async Task A_damaged_message_is_verified_repaired_and_passed_over_and_its_neighbours_are_delivered()
    {
        using var store = new TemporaryStore();
        foreach (string line in new[] { "a1:first body:1", "b2:second body:2", "c3:third body:0" })
            (await RunAsync(store, "produce", "orders", line)).ExitCode.Should().Be(0);
        var segment = SegmentOnDisk.In(store.QueuePath("orders"));
        segment.FlipABitIn("second body");

        FiqResult verified = await RunAsync(store, "verify", "orders", "--json");
        verified.ExitCode.Should().Be(7, "{0}", verified);
        JsonElement damage = JsonDocument.Parse(verified.Output.Lines[0]).RootElement.GetProperty("damages")[0];
        damage.GetProperty("file").GetString().Should().Be(segment.Name);
        damage.GetProperty("fromOffset").GetInt64().Should().Be(1);
        damage.GetProperty("messages").GetInt64().Should().Be(1);

        (await RunAsync(store, "repair", "orders")).ExitCode.Should().Be(2);
        segment.IsAsItWas().Should().BeTrue("nobody agreed");
        FiqResult repaired = await RunAsync(store, "repair", "orders", "--yes");
        repaired.ExitCode.Should().Be(0, "{0}", repaired);
        JsonElement shown = await store.ShowAsync("orders");
        shown.GetProperty("lost")[0].GetProperty("fromOffset").GetInt64().Should().Be(1);

        FiqResult consumed = await RunAsync(store, "consume", "orders", "--until-empty", "--json");
        consumed.ExitCode.Should().Be(0, "{0}", consumed);
        consumed.Output.Lines.Select(each => JsonDocument.Parse(each).RootElement.GetProperty("offset").GetInt64())
            .Should().Equal(0, 2);
        (await store.ShowAsync("orders")).GetProperty("backlogSeconds").GetDouble().Should().Be(0);
        (await RunAsync(store, "produce", "orders", "d4:after:0")).Output.Text.Should().Contain("acked #3 d4");
        (await RunAsync(store, "verify")).ExitCode.Should().Be(0);
    }

    private static Task<FiqResult> RunAsync(TemporaryStore store, params string[] words) =>
        FiqProcess.RunAsync(store.Command(words));
}
