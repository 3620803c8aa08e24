using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>Volumes that come back in one boot, as they were or as they had been: the boot id proves nothing.</summary>
[Collection(Alone.Name)]
public sealed class VolumeTests
{
    private const int Rounds = 6;

    [LoopFact]
    public async Task A_volume_that_is_mounted_again_in_one_boot_goes_on_where_it_was_whether_its_end_was_clean_or_not()
    {
        using var disk = LoopDisk.Create(64);
        var ledger = new CutLedger();
        for (var round = 0; round < Rounds; round++)
        {
            await using var producer = FiqProcess.Start(disk.Command("produce", CutHistory.Queue));
            await SendAsync(producer, $"round{round}", 40);
            await producer.Output.WaitForCountAsync(20);
            if (round % 2 == 0)
            {
                producer.Signal(Signal.Kill);
            }

            producer.EndInput();
            ledger.AddAcked((await producer.EndAsync()).Output);
            disk.Reattach();
            if (round % 3 == 0)
            {
                await DrainAsync(disk, ledger);
                disk.Reattach();
            }
        }

        await DrainAsync(disk, ledger);
        ledger.CheckAcked();
        ledger.CheckOrder();
        ledger.Faults.Should().BeEmpty();
        ledger.AckedCount.Should().BeGreaterThanOrEqualTo(Rounds * 20);
    }

    [LoopFact]
    public async Task An_older_state_of_a_whole_volume_is_the_queue_as_it_was_then_and_goes_on_from_there()
    {
        using var disk = LoopDisk.Create(64);
        var ledger = new CutLedger();
        await using (var producer = FiqProcess.Start(disk.Command("produce", CutHistory.Queue)))
        {
            await SendAsync(producer, "kept", 200);
            await producer.Output.WaitForCountAsync(200);
            var some = await FiqProcess.RunAsync(Load.Consuming(disk, "default", "--count", "50"));
            some.ExitCode.Should().Be(0, "{0}", some.Errors.Text);
            ledger.AddPrinted("default", some.Output);
            disk.Snapshot();
            await SendAsync(producer, "forgotten", 300);
            producer.EndInput();
            var ended = await producer.EndAsync();
            ended.ExitCode.Should().Be(0, "{0}", ended.Errors.Text);
        }

        (await FiqProcess.RunAsync(Load.Consuming(disk, "default", "--until-empty"))).Output.Count.Should().Be(450);
        disk.RestoreSnapshot();
        await using var next = FiqProcess.Start(disk.Command("produce", CutHistory.Queue));
        await SendAsync(next, "new", 100);
        next.EndInput();
        var produced = await next.EndAsync();
        produced.ExitCode.Should().Be(0, "{0}", produced.Errors.Text);
        var acked = ResultLine.In(produced.Output);
        acked.Select(line => line.Offset).Should().Equal(Enumerable.Range(200, 100).Select(n => (long)n));
        ledger.AddAcked(produced.Output);
        (await DrainAsync(disk, ledger)).Should().Be(250, "50 were settled when the snapshot was taken");
        ledger.CheckAcked();
        ledger.Faults.Should().BeEmpty();
    }

    private static async Task SendAsync(FiqProcess producer, string name, int lines)
    {
        for (var line = 0; line < lines && !producer.InputWasRefused; line++)
        {
            await producer.WriteAsync(Load.LineOf($"{name}-{line}"));
        }
    }

    private static async Task<int> DrainAsync(LoopDisk disk, CutLedger ledger)
    {
        var consumed = await FiqProcess.RunAsync(Load.Consuming(disk, "default", "--until-empty"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        ledger.AddPrinted("default", consumed.Output);
        return consumed.Output.Count;
    }
}
