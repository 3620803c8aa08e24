using System.Diagnostics;
using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>A disk whose syncs really fail, and the kernel that reads back what it could not write.</summary>
[Collection(Alone.Name)]
public sealed class FailingDiskTests
{
    private const int Lines = 10;

    /// <summary>Larger than what ext4 writes zeros ahead, so that each line needs room of its own.</summary>
    private static readonly string Body = new('x', 50_000);

    [LoopFact]
    public async Task What_a_disk_failed_to_sync_is_not_acknowledged_and_not_seen_until_the_disk_has_taken_it()
    {
        using var failing = FailingDisk.OfData();
        await using var producer = FiqProcess.Start(failing.Disk.Command("produce", "orders"));
        await BeginAsync(failing.Disk, producer);
        failing.Fail();
        await producer.WriteAsync($"late:{Body}:0\n");
        await WaitUntilStuckAsync(failing.Disk);
        (await DrainAsync(failing.Disk)).Should().Equal(Keys(2, Lines), "what is durable can be consumed");
        producer.Output.Count.Should().Be(Lines, "it can't be synced");

        failing.Mend();
        producer.EndInput();
        var ended = await producer.EndAsync();
        await ProduceAsync(failing.Disk, 0, "after");
        CutPower(failing.Disk);
        var rest = await DrainAsync(failing.Disk);
        if (ended.ExitCode == 0)
        {
            rest.Should().Equal("late", "after");
            return;
        }

        // It waits for ten seconds only, and this machine was busy.
        ended.ExitCode.Should().Be(1, "{0}", ended);
        ended.Errors.Text.Should().Contain("can't be known");
        ended.Output.Count.Should().Be(Lines);
        rest.Should().EndWith("after").And.OnlyHaveUniqueItems().And.BeSubsetOf(["late", "after"]);
    }

    [LoopFact]
    public async Task While_a_disk_fails_producers_are_told_why_and_consumers_drain_what_is_durable()
    {
        using var failing = FailingDisk.OfData();
        await using var producer = FiqProcess.Start(failing.Disk.Command("produce", "orders"));
        await BeginAsync(failing.Disk, producer);
        failing.Fail();
        await producer.WriteAsync($"late:{Body}:0\n");
        producer.EndInput();
        var ended = await producer.EndAsync();
        ended.ExitCode.Should().Be(1, "{0}", ended);
        ended.Output.Count.Should().Be(Lines);
        ended.Errors.Text.Should().Contain("can't be known").And.Contain(failing.Disk.Path, "it says what failed");

        var refused = await ProduceAsync(failing.Disk, 8, "refused");
        refused.Errors.Text.Should().Contain(failing.Disk.Path);
        (await DrainAsync(failing.Disk)).Should().Equal(Keys(2, Lines));
        (await DrainAsync(failing.Disk, "audit")).Should().Equal(Keys(1, Lines));
    }

    [LoopFact]
    public async Task A_restart_without_reboot_makes_durable_what_the_page_cache_only_shows_before_anybody_sees_it()
    {
        using var failing = FailingDisk.OfData();
        await using var producer = FiqProcess.Start(failing.Disk.Command("produce", "orders"));
        await BeginAsync(failing.Disk, producer);
        failing.Fail();
        await producer.WriteAsync($"late:{Body}:0\n");
        await WaitUntilStuckAsync(failing.Disk);
        await Load.KillAsync(producer);

        (await DrainAsync(failing.Disk)).Should().Equal(Keys(2, Lines), "nothing more is durable");
        await ProduceAsync(failing.Disk, 8, "refused");
        failing.Mend();
        await ProduceAsync(failing.Disk, 0, "after");
        var seen = await DrainAsync(failing.Disk);
        seen.Should().EndWith("after").And.BeSubsetOf(["late", "after"]);

        CutPower(failing.Disk);
        (await DrainAsync(failing.Disk, "audit")).Should().Equal(Keys(1, Lines).Concat(seen));
        (await DrainAsync(failing.Disk)).Should().BeEmpty();
    }

    [LoopFact]
    public async Task When_the_kernel_makes_a_disk_read_only_all_are_told_and_a_reboot_finds_everything_acknowledged()
    {
        using var failing = FailingDisk.OfJournal();
        await using var producer = FiqProcess.Start(failing.Disk.Command("produce", "orders"));
        await BeginAsync(failing.Disk, producer);
        await using var consumer = FiqProcess.Start(failing.Disk.Command("consume", "orders"));
        await consumer.Output.WaitForCountAsync(Lines - 2);
        failing.Fail();
        await AbortJournalAsync(failing.Disk);
        await producer.WriteAsync($"late:{Body}:0\n");
        producer.EndInput();
        var ended = await producer.EndAsync();
        ended.ExitCode.Should().BeOneOf([1, 8], "{0}", ended);
        ended.Errors.Text.Should().Contain("Read-only");
        ended.Output.Count.Should().Be(Lines);
        var shown = await FiqProcess.RunAsync(failing.Disk.Command("queue", "show", "orders", "--json"));
        shown.ExitCode.Should().Be(0, "{0}", shown);
        await Load.KillAsync(consumer);

        failing.Disk.Unmount();
        failing.Mend();
        failing.Disk.Mount();
        await ProduceAsync(failing.Disk, 0, "after");
        var audited = await DrainAsync(failing.Disk, "audit");
        audited.Should().StartWith(Keys(1, Lines)).And.EndWith("after").And.OnlyHaveUniqueItems();
        (await DrainAsync(failing.Disk)).Should().EndWith("after").And.BeSubsetOf(audited);
    }

    /// <summary>Ten lines are acknowledged, two of them consumed, while the disk is well.</summary>
    private static async Task BeginAsync(LoopDisk disk, FiqProcess producer)
    {
        foreach (var key in Keys(0, Lines))
        {
            await producer.WriteAsync($"{key}:{Body}:0\n");
        }

        await producer.Output.WaitForCountAsync(Lines);
        var audit = await FiqProcess.RunAsync(disk.Command("group", "create", "orders", "audit"));
        audit.ExitCode.Should().Be(0, "{0}", audit);
        (await DrainAsync(disk, "default", "--count", "2")).Should().Equal(Keys(0, 2));
        (await DrainAsync(disk, "audit", "--count", "1")).Should().Equal(Keys(0, 1));
    }

    private static async Task<FiqResult> ProduceAsync(LoopDisk disk, int exitCode, string key)
    {
        var produced = await FiqProcess.RunAsync(disk.Command("produce", "orders", $"{key}:{Body}:0"));
        produced.ExitCode.Should().Be(exitCode, "{0}", produced);
        produced.Output.Count.Should().Be(exitCode == 0 ? 1 : 0);
        return produced;
    }

    /// <summary>Whole messages only: a body that was lost would come back as zeros.</summary>
    private static async Task<List<string>> DrainAsync(LoopDisk disk, string group = "default", params string[] how)
    {
        string[] end = how.Length > 0 ? how : ["--until-empty"];
        var consumed = await FiqProcess.RunAsync(
            disk.Command(["consume", "orders", "--json", "--group", group, .. end]));
        consumed.ExitCode.Should().Be(0, "{0}", consumed);
        var messages = consumed.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        messages.Should().NotContain(message => message.GetProperty("body").GetString() != Body);
        return [.. messages.Select(message => message.GetProperty("key").GetString()!)];
    }

    private static async Task WaitUntilStuckAsync(LoopDisk disk)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var shown = await FiqProcess.RunAsync(disk.Command("queue", "show", "orders", "--json"));
            shown.ExitCode.Should().Be(0, "{0}", shown);
            if (!shown.Output.Text.Contains("\"readOnlyReason\":null", StringComparison.Ordinal))
            {
                return;
            }

            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience, "{0}", shown);
        }
    }

    /// <summary>Writes to other files until the journal has no more room on the medium.</summary>
    private static async Task AbortJournalAsync(LoopDisk disk)
    {
        Directory.CreateDirectory(disk.PathOf("others"));
        var patience = Stopwatch.StartNew();
        for (var number = 0; Tool.Succeeds("sync", "--file-system", disk.Path); number++)
        {
            await File.WriteAllTextAsync(Path.Combine(disk.PathOf("others"), $"{number}"), "something");
            patience.Elapsed.Should().BeLessThan(FiqProcess.Patience, "the journal must run out of room");
        }
    }

    private static void CutPower(LoopDisk disk)
    {
        disk.CutPower(PowerCut.AtOnce);
        disk.Reattach();
    }

    private static IEnumerable<string> Keys(int from, int to) =>
        Enumerable.Range(from, to - from).Select(number => $"k{number}");
}
