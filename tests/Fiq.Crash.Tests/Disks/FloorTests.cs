using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>A disk that producers fill alone, down to the floor that must stay free.</summary>
[Collection(Alone.Name)]
public sealed class FloorTests
{
    private const int DiskMebibytes = 64;
    private const int DiskFull = 8;
    private const long Floor = DiskMebibytes * 1024 * 1024 / 100;

    private static readonly string Body = new('x', 10_000);
    private static readonly string Lines = string.Concat(Enumerable.Range(0, 3_000).Select(n => $"k{n}:{Body}:0\n"));

    [LoopTheory]
    [InlineData("1MiB")]
    [InlineData("64MiB")]
    public async Task A_disk_that_producers_have_filled_to_the_floor_drains_to_empty_without_help(string segmentBytes)
    {
        using var disk = LoopDisk.Create(DiskMebibytes);
        await MustAsync(disk, "queue", "create", "orders", "--segment-bytes", segmentBytes);
        await MustAsync(disk, "group", "create", "orders", "audit");
        for (var round = 0; round < 3; round++)
        {
            var stored = await FillAsync(disk);
            stored.Should().BeGreaterThan(1_000);
            new DriveInfo(disk.Path).AvailableFreeSpace.Should().BeGreaterThan(Floor / 2);
            foreach (var group in new[] { "audit", "default" })
            {
                var drained = await MustAsync(disk, "consume", "orders", "--group", group, "--until-empty", "-w", "4");
                drained.Output.Count.Should().Be(stored);
            }

            (await MustAsync(disk, "queue", "show", "orders")).Output.Text.Should().Contain("messages  0 not settled");
        }
    }

    [LoopFact]
    public async Task Consumers_that_drain_let_refused_producers_go_on_by_themselves()
    {
        using var disk = LoopDisk.Create(DiskMebibytes);
        await MustAsync(disk, "queue", "create", "orders", "--max-bytes", "8MiB");
        var stored = await FillAsync(disk);
        stored.Should().BeInRange(600, 839);
        await using var producer = FiqProcess.Start(disk.Command("produce", "orders"));
        await using var consumer = FiqProcess.Start(disk.Command("consume", "orders", "-w", "4"));
        await consumer.Output.WaitForCountAsync(stored);
        await producer.WriteAsync(string.Concat(Enumerable.Range(0, 500).Select(n => $"late{n}:{Body}:0\n")));
        producer.EndInput();
        (await producer.EndAsync()).ExitCode.Should().Be(0, "{0}", producer.Errors.Text);
        await consumer.Output.WaitForCountAsync(stored + 500);
        consumer.Signal(Signal.Terminate);
        (await consumer.EndAsync()).ExitCode.Should().Be(0, "{0}", consumer.Errors.Text);
    }

    /// <summary>Produces until nothing is taken any more; returns how many lines were.</summary>
    private static async Task<int> FillAsync(LoopDisk disk)
    {
        var stored = 0;
        while (true)
        {
            var run = await FiqProcess.RunAsync(disk.Command("produce", "orders"), Lines);
            stored += run.Output.Count;
            if (run.ExitCode == 0)
            {
                continue;
            }

            run.ExitCode.Should().Be(DiskFull, "{0}", run.Errors.Text);
            return stored;
        }
    }

    private static async Task<FiqResult> MustAsync(LoopDisk disk, params string[] arguments)
    {
        var result = await FiqProcess.RunAsync(disk.Command(arguments));
        result.ExitCode.Should().Be(0, "{0}", result.Errors.Text);
        return result;
    }
}
