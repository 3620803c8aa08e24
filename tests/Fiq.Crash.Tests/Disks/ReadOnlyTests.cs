using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

[Collection(Alone.Name)]
public sealed class ReadOnlyTests
{
    private const int Refused = 8;
    private const int Denied = 5;

    private static readonly string Body = new('x', 10_000);

    [LoopFact]
    public async Task On_a_read_only_volume_everything_is_refused_but_looking_and_all_goes_on_once_it_is_writable()
    {
        using var disk = LoopDisk.Create(64);
        await using var producer = FiqProcess.Start(disk.Command("produce", "orders"));
        await producer.WriteAsync("a1:hello:0\nb2:world:0\n");
        await producer.Output.WaitForCountAsync(2);
        // Killed, so that there is something to recover.
        await Load.KillAsync(producer);
        disk.MakeReadOnly();
        foreach (var command in new[] { "produce", "consume" })
        {
            var refused = await FiqProcess.RunAsync(disk.Command(command, "orders"), "c3:refused:0\n");
            refused.ExitCode.Should().Be(Refused, "{0}", refused);
            refused.Errors.Text.Should().Contain("read-only");
            refused.Output.Lines.Should().BeEmpty();
        }

        var shown = await FiqProcess.RunAsync(disk.Command("queue", "show", "orders", "--json"));
        shown.ExitCode.Should().Be(0, "{0}", shown);
        disk.MakeWritable();
        (await FiqProcess.RunAsync(disk.Command("produce", "orders", "d4:after:0"))).ExitCode.Should().Be(0);
        var consumed = await FiqProcess.RunAsync(disk.Command("consume", "orders", "--until-empty"));
        ResultLine.In(consumed.Output).Select(line => (line.Offset, line.Key))
            .Should().Equal((0, "a1"), (1, "b2"), (2, "d4"));
    }

    [LoopFact("chattr")]
    public async Task A_folder_that_takes_no_new_file_refuses_what_needs_one_and_a_producer_goes_on_once_it_does()
    {
        using var disk = LoopDisk.Create(64);
        var created = await FiqProcess.RunAsync(disk.Command("queue", "create", "orders", "--segment-bytes", "1MiB"));
        created.ExitCode.Should().Be(0, "{0}", created);
        Tool.Succeeds("chattr", "+i", disk.PathOf("orders")).Should().BeTrue();
        var lines = string.Concat(Enumerable.Range(0, 300).Select(number => $"k{number}:{Body}:0\n"));
        var refused = await FiqProcess.RunAsync(disk.Command("produce", "orders"), lines);
        var waiting = FiqProcess.Start(disk.Command("produce", "orders"));
        await using var _ = waiting;
        var consumed = await FiqProcess.RunAsync(disk.Command("consume", "orders", "--until-empty"));
        Tool.Succeeds("chattr", "-i", disk.PathOf("orders")).Should().BeTrue();

        refused.ExitCode.Should().Be(Denied, "{0}", refused.Errors.Text);
        refused.Errors.Text.Should().Contain(disk.PathOf("orders"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        ResultLine.In(consumed.Output).Select(line => line.Key)
            .Should().Equal(ResultLine.In(refused.Output).Select(line => line.Key));
        await waiting.WriteAsync("after:hello:0\n");
        waiting.EndInput();
        var ended = await waiting.EndAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        ResultLine.In(ended.Output).Single().Offset.Should().Be(refused.Output.Count, "no offset is left out");
    }
}
