using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>A full ext4, which finds out late: it promises blocks that it looks for when they are written.</summary>
[Collection(Alone.Name)]
public sealed class FullDiskTests
{
    private const int DiskMebibytes = 40;
    private const int DiskFull = 8;

    private static readonly string Body = new('x', 10_000);

    [LoopFact]
    public async Task A_disk_that_is_full_again_and_again_leaves_no_gap_and_its_consumer_needs_no_restart()
    {
        using var disk = LoopDisk.Create(DiskMebibytes);
        await MustAsync(disk, "queue", "create", "orders", "--segment-bytes", "1MiB");
        await using var consumer = FiqProcess.Start(disk.Command("consume", "orders"));
        var acked = new List<(long Offset, string Key)>();
        for (var round = 0; round < 4; round++)
        {
            // What little is free differs from round to round: a roll, a write or an allocation fails.
            FullDisk.Fill(disk.PathOf("ballast"), spare: round * 700_000);
            var lines = string.Concat(Enumerable.Range(0, 1_000).Select(n => $"r{round}-{n}:{Body}:0\n"));
            var refused = await FiqProcess.RunAsync(disk.Command("produce", "orders"), lines);
            refused.ExitCode.Should().Be(DiskFull, "{0}", refused.Errors.Text);
            acked.AddRange(ResultLine.In(refused.Output).Select(line => (line.Offset, line.Key)));

            File.Delete(disk.PathOf("ballast"));
            var stored = await FiqProcess.RunAsync(disk.Command("produce", "orders", $"r{round}-after:{Body}:0"));
            stored.ExitCode.Should().Be(0, "{0}", stored);
            acked.AddRange(ResultLine.In(stored.Output).Select(line => (line.Offset, line.Key)));
            await consumer.Output.WaitForCountAsync(acked.Count);
        }

        consumer.Signal(Signal.Terminate);
        (await consumer.EndAsync()).ExitCode.Should().Be(0, "{0}", consumer.Errors.Text);
        acked.Select(line => line.Offset).Should().Equal(Enumerable.Range(0, acked.Count).Select(n => (long)n));
        ResultLine.In(consumer.Output).Select(line => (line.Offset, line.Key)).Should().Equal(acked);
    }

    [LoopFact]
    public async Task What_was_settled_on_a_full_disk_does_not_come_again_after_a_power_cut()
    {
        using var disk = LoopDisk.Create(DiskMebibytes);
        var lines = string.Concat(Enumerable.Range(0, 500).Select(n => $"k{n}:{Body}:0\n"));
        (await FiqProcess.RunAsync(disk.Command("produce", "orders"), lines)).ExitCode.Should().Be(0);
        FullDisk.Fill(disk.PathOf("ballast"));

        var half = await MustAsync(disk, "consume", "orders", "--count", "250");
        half.Output.Count.Should().Be(250);
        var rest = await MustAsync(disk, "consume", "orders", "--until-empty");
        rest.Output.Count.Should().Be(250);
        disk.CutPower(PowerCut.AtOnce);
        disk.Reattach();
        (await MustAsync(disk, "consume", "orders", "--until-empty")).Output.Lines.Should().BeEmpty();
        (await MustAsync(disk, "queue", "show", "orders")).Output.Text.Should().NotContain("read-only");
    }

    [LoopFact]
    public async Task A_queue_that_finds_no_room_to_be_made_is_not_there_and_leaves_nothing_behind()
    {
        using var disk = LoopDisk.Create(DiskMebibytes);
        var refusals = 0;
        for (var free = 0; free < 18; free += 2)
        {
            FullDisk.Fill(disk.PathOf("ballast"), spare: free * 1024L * 1024);

            var created = await FiqProcess.RunAsync(disk.Command("queue", "create", "orders"));
            created.ExitCode.Should().BeOneOf([0, DiskFull], "{0}", created);
            var listed = await MustAsync(disk, "queue", "list", "--json");
            listed.Output.Count.Should().Be(created.ExitCode == 0 ? 1 : 0);
            refusals += created.ExitCode == 0 ? 0 : 1;
            if (created.ExitCode == 0)
            {
                // On what may be a disk without any room.
                await MustAsync(disk, "queue", "delete", "orders", "--yes");
            }

            File.Delete(disk.PathOf("ballast"));
            Directory.EnumerateFileSystemEntries(disk.Path, ".*").Should().BeEmpty("{0} MiB were free", free);
        }

        refusals.Should().BeInRange(1, 8, "there was too little room, and then enough");
        await MustAsync(disk, "produce", "orders", "a1:hello:0");
    }

    [LoopFact]
    public async Task A_recovery_that_finds_no_room_lets_consumers_drain_and_is_made_up_for_once_there_is_room()
    {
        using var disk = LoopDisk.Create(DiskMebibytes);
        await using var producer = FiqProcess.Start(disk.Command("produce", "orders"));
        await producer.WriteAsync($"k0:{Body}:0\nk1:{Body}:0\nk2:{Body}:0\n");
        await producer.Output.WaitForCountAsync(3);
        disk.CutPower(PowerCut.AtOnce);
        await Load.KillAsync(producer);
        disk.Reattach();
        FullDisk.Fill(disk.PathOf("ballast"));

        var before = Keys(await MustAsync(disk, "consume", "orders", "--until-empty", "--json"));
        var refused = await FiqProcess.RunAsync(disk.Command("produce", "orders", $"refused:{Body}:0"));
        refused.ExitCode.Should().BeOneOf([0, DiskFull], "{0}", refused);
        File.Delete(disk.PathOf("ballast"));
        await MustAsync(disk, "produce", "orders", $"after:{Body}:0");
        var after = Keys(await MustAsync(disk, "consume", "orders", "--until-empty", "--json"));
        string[] late = refused.ExitCode == 0 ? ["refused", "after"] : ["after"];
        before.Concat(after).Should().Equal(["k0", "k1", "k2", .. late]);
    }

    private static List<string> Keys(FiqResult consumed) =>
    [
        .. consumed.Output.Lines.Select(
            line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()!),
    ];

    private static async Task<FiqResult> MustAsync(LoopDisk disk, params string[] arguments)
    {
        var result = await FiqProcess.RunAsync(disk.Command(arguments));
        result.ExitCode.Should().Be(0, "{0}", result.Errors.Text);
        return result;
    }
}
