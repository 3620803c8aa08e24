using System.Text;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>That a power cut takes what nobody synced, and that the ledger notices: a pass means something.</summary>
[Collection(Alone.Name)]
public sealed class PowerCutRigTests
{
    private const int Lines = 50;

    [LoopFact]
    public void What_nobody_synced_is_gone_after_a_power_cut_and_what_was_synced_is_not()
    {
        using var disk = LoopDisk.Create(16);
        using (var synced = new FileStream(disk.PathOf("synced"), FileMode.CreateNew))
        {
            synced.Write("kept"u8);
            synced.Flush(flushToDisk: true);
            synced.Position = 0;
            synced.Write("lost"u8);
            synced.Flush();
            File.WriteAllText(disk.PathOf("unsynced"), "lost");
        }

        disk.CutPower(PowerCut.AtOnce);
        disk.Reattach();
        File.ReadAllText(disk.PathOf("synced")).Should().Be("kept");
        File.Exists(disk.PathOf("unsynced")).Should().BeFalse();
    }

    [LoopTheory]
    [InlineData(PowerCut.AtOnce, "old")]
    [InlineData(PowerCut.LogWritten, "new")]
    internal void A_rename_that_nobody_synced_survives_only_if_the_journal_was_written(PowerCut cut, string expected)
    {
        using var disk = LoopDisk.Create(16);
        foreach (var name in new[] { "old", "new" })
        {
            using var file = new FileStream(disk.PathOf(name), FileMode.CreateNew);
            file.Write(Encoding.UTF8.GetBytes(name));
            file.Flush(flushToDisk: true);
        }

        File.Move(disk.PathOf("old"), disk.PathOf("name"));
        Tool.Succeeds("sync", disk.Path).Should().BeTrue("the folder is synced");
        File.Move(disk.PathOf("new"), disk.PathOf("name"), overwrite: true);
        disk.CutPower(cut);
        disk.Reattach();
        File.ReadAllText(disk.PathOf("name")).Should().Be(expected);
    }

    [LoopFact("strace")]
    public async Task A_fiq_whose_syncs_do_nothing_loses_what_it_acknowledged_and_the_ledger_says_so()
    {
        using var disk = LoopDisk.Create(64);
        var ledger = new CutLedger();
        var created = await FiqProcess.RunAsync(disk.Command("queue", "create", CutHistory.Queue));
        created.ExitCode.Should().Be(0, "{0}", created);
        await using (var lying = FiqProcess.Start(WithoutSyncs(disk)))
        {
            for (var line = 0; line < Lines; line++)
            {
                await lying.WriteAsync(Load.LineOf($"lied-{line}"));
                await lying.Output.WaitForCountAsync(line + 1);
            }

            disk.CutPower(PowerCut.AtOnce);
            ledger.AddAcked(lying.Output);
        }

        disk.Reattach();

        var consumed = await FiqProcess.RunAsync(Load.Consuming(disk, "default", "--until-empty"));
        ledger.AddPrinted("default", consumed.Output);
        ledger.CheckAcked();
        ledger.Faults.Should().NotBeEmpty().And.AllSatisfy(fault => fault.Should().Contain("is not there"));
    }

    /// <summary>
    /// Each thread's first sync is let through: fiq does not start where syncing a pipe reports no error.
    /// </summary>
    private static FiqCommand WithoutSyncs(LoopDisk disk) => disk.Command("produce", CutHistory.Queue) with
    {
        Wrapper = ["strace", "-f", "-qq", "-o", "/dev/null",
            "-e", "trace=fdatasync", "-e", "inject=fdatasync:retval=0:when=2+"],
    };
}
