using Fiq.Engine;
using Fiq.Engine.Inspection;
using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>What is intact is delivered with its old offset, what is lost is named, nothing is destroyed.</summary>
public sealed class RepairTests
{
    public static TheoryData<string> Every() => [.. DamageCatalogue.Names];

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Verification_names_what_was_damaged_and_a_repair_saves_everything_else(string damage)
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        long[] lost = DamageCatalogue.Do(damage, rig);
        QueueInspection found = await rig.VerifyAsync();
        found.Health.Should().Be(QueueHealth.Damaged);
        OffsetsOf(found.Damages.Select(each => (each.FromOffset, each.ToOffset))).Should().Equal(lost);

        Dictionary<string, string> damaged = rig.Files();
        RepairReport planned = await rig.RepairAsync(dryRun: true);
        planned.Steps.Should().NotBeEmpty();
        planned.IsDone.Should().BeFalse();
        rig.Files().Should().Equal(damaged, "a dry run changes nothing");

        RepairReport done = await rig.RepairAsync();
        done.Steps.Should().BeEquivalentTo(planned.Steps);
        done.Lost.Should().Be(lost.Length);
        NotKeptOf(rig, damaged).Should().BeEmpty("every damaged file is kept byte for byte, or was not touched");
        await ShouldBeMendedAsync(rig, lost);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_second_repair_changes_nothing(string damage)
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        DamageCatalogue.Do(damage, rig);
        await rig.RepairAsync();
        Dictionary<string, string> mended = rig.Files();
        RepairReport again = await rig.RepairAsync();
        again.IsDone.Should().BeFalse();
        again.Steps.Should().BeEmpty();
        rig.Files().Should().Equal(mended);
    }

    // One of each way in which a repair goes about it.
    [Theory]
    [InlineData("three places")]
    [InlineData("a tail of zeros")]
    [InlineData("a missing segment")]
    [InlineData("a missing first segment")]
    [InlineData("the header of an offset file")]
    [InlineData("a queue.json of garbage")]
    public async Task Killed_anywhere_a_repair_is_simply_run_again(string damage)
    {
        for (int effects = 0; ; effects++)
        {
            using InspectionRig rig = await InspectionRig.MakeAsync();
            long[] lost = DamageCatalogue.Do(damage, rig);
            Dictionary<string, string> damaged = rig.Files();
            bool killed = await DiesAsync(rig, effects);
            RepairReport done = await rig.RepairAsync();
            done.Steps.Where(step => step.Evidence is not null && step.File.EndsWith(".log"))
                .Select(step => rig.PathOf(step.Evidence!)).Where(path => !File.Exists(path)).Should().BeEmpty();
            NotKeptOf(rig, damaged).Should().BeEmpty("killed after {0} effects", effects);
            await ShouldBeMendedAsync(rig, lost);
            if (!killed) return;
        }
    }

    [Theory]
    [InlineData("the last header of the log")]
    [InlineData("a body in the tail")]
    [InlineData("a cut tail")]
    public async Task What_was_damaged_is_still_kept_after_the_queue_was_used_again(string damage)
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        await rig.KeepAllAsync();
        long[] lost = DamageCatalogue.Do(damage, rig);
        Dictionary<string, string> damaged = rig.Files();
        await rig.RepairAsync();
        await ShouldBeMendedAsync(rig, lost);
        NotKeptOf(rig, damaged).Should().BeEmpty();
    }

    [Fact]
    public async Task A_sound_queue_is_left_alone()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 2);
        Dictionary<string, string> before = rig.Files();
        RepairReport report = await rig.RepairAsync();
        report.Should().BeEquivalentTo(new { IsDone = false, Lost = 0L });
        report.Steps.Should().BeEmpty();
        rig.Files().Should().Equal(before);
    }

    [Fact]
    public async Task A_queue_in_use_is_not_repaired_under_its_users()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        DamageCatalogue.Do("a body in the middle", rig);
        await using IQueueProducer producer = await rig.Engine.ProducerAsync();
        foreach (bool dryRun in (bool[])[true, false])
        {
            Func<Task> repair = async () => await rig.RepairAsync(dryRun);
            (await repair.Should().ThrowAsync<BusyException>()).Which.HolderPid.Should().Be(Environment.ProcessId);
        }
    }

    [Fact]
    public async Task A_group_goes_on_over_lost_messages_and_its_backlog_ends_at_zero()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 2);
        DamageCatalogue.Do("three places", rig);
        RepairReport report = await rig.RepairAsync();
        report.Should().BeEquivalentTo(new { Lost = 3L, LostAndSettled = 1L });
        (await rig.DeliveredAsync("new")).Should().Equal(0, 2, 3, 5, 6, 8);
        (await rig.DeliveredAsync("default")).Should().Equal(2, 3, 5, 6, 8);
        QueueDescription shown = await rig.Engine.Open().DescribeAsync(EngineRig.Orders, CancellationToken.None);
        shown.Messages.Should().Be(0);
        shown.BacklogSeconds.Should().Be(0);
        shown.Groups.Should().AllSatisfy(group => group.Floor.Should().Be(9));
    }

    [Fact]
    public async Task A_group_that_begins_among_lost_messages_waits_for_none_of_them()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        DamageCatalogue.Do("a missing segment", rig);
        await rig.RepairAsync();
        await using IQueueConsumer consumer = await rig.Engine.ConsumerAsync("late", StartPosition.At(4));
        (await consumer.OffsetsAsync()).Should().Equal(6, 7, 8);
        (await consumer.DescribeAsync(CancellationToken.None)).BacklogSeconds.Should().Be(1.5);
    }

    [Fact]
    public async Task A_log_whose_last_segment_lost_its_beginning_before_it_held_anything_goes_on_in_the_next()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(messages: 0);
        Damages.Flip(rig.Segments[^1], 266);
        (await rig.VerifyAsync()).Health.Should().Be(QueueHealth.Damaged);
        (await rig.RepairAsync()).Should().BeEquivalentTo(new { IsDone = true, Lost = 0L });
        await using (IQueueProducer producer = await rig.Engine.ProducerAsync())
            (await producer.SendAsync(InspectionRig.BodyOf(0))).Should().Be(0);
        (await rig.DeliveredAsync()).Should().Equal(0);
        (await rig.VerifyAsync()).Health.Should().Be(QueueHealth.Clean);
    }

    [Fact]
    public async Task What_stands_whole_behind_a_damaged_beginning_is_saved_though_nothing_proves_it()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(messages: 1);
        Damages.Flip(rig.Segments[^1], 266);
        Damages.Zero(rig.PathOf("control"), 0, 8192);
        (await rig.VerifyAsync()).Health.Should().Be(QueueHealth.Damaged);
        (await rig.RepairAsync()).Should().BeEquivalentTo(new { IsDone = true, Lost = 0L });
        (await rig.DeliveredAsync()).Should().Equal(0);
    }

    [Fact]
    public async Task A_block_that_comes_back_with_a_batch_once_refused_does_not_pass_for_the_one_stored_there()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(messages: 8);
        string tail = rig.Segments[^1];
        (byte[] log, byte[] page) = (File.ReadAllBytes(tail), File.ReadAllBytes(rig.PathOf("control")));
        await SendAsync(rig, "refused");
        byte[] stale = File.ReadAllBytes(tail);
        File.WriteAllBytes(tail, log);
        File.WriteAllBytes(rig.PathOf("control"), page);
        (await SendAsync(rig, InspectionRig.BodyOf(8))).Should().Be(8);
        File.WriteAllBytes(tail, stale);
        (await rig.VerifyAsync()).Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { FromOffset = 8L, ToOffset = 9L });
        await rig.RepairAsync();
        (await rig.DeliveredAsync()).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        (await SendAsync(rig, InspectionRig.BodyOf(9))).Should().Be(9);
    }

    [Fact]
    public async Task No_offset_below_a_proof_is_given_out_again()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync(settled: 9);
        // Segments and page of yesterday, groups of today.
        long end = rig.PlaceOf(7).From;
        Damages.Zero(rig.Segments[^1], end, (int)(new FileInfo(rig.Segments[^1]).Length - end));
        Damages.Zero(rig.PathOf("control"), 0, 8192);
        (await rig.VerifyAsync()).Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { FromOffset = 7L, ToOffset = 9L, Settled = 2L });
        await rig.RepairAsync();
        await using IQueueProducer producer = await rig.Engine.ProducerAsync();
        (await producer.SendAsync(InspectionRig.BodyOf(9))).Should().Be(9);
    }

    [Fact]
    public async Task What_a_damaged_offset_file_still_says_is_kept_and_the_rest_comes_again()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        await using (IQueueConsumer consumer = await rig.Engine.ConsumerAsync())
        {
            foreach (int _ in Enumerable.Range(0, 2))
                await consumer.FinishAsync(await consumer.TakeAsync(1));
        }

        await using (IQueueConsumer consumer = await rig.Engine.ConsumerAsync())
            await consumer.FinishAsync(await consumer.TakeAsync(1));
        Damages.Flip(rig.OffsetPath, 80);
        await rig.RepairAsync();
        (await rig.DeliveredAsync("default")).Should().BeSubsetOf([0, 1, 2, 3, 4, 5, 6, 7, 8])
            .And.EndWith([3, 4, 5, 6, 7, 8]);
    }

    private static async Task<long> SendAsync(InspectionRig rig, string body)
    {
        await using IQueueProducer producer = await rig.Engine.ProducerAsync();
        return await producer.SendAsync(body);
    }

    private static async Task ShouldBeMendedAsync(InspectionRig rig, long[] lost)
    {
        QueueInspection mended = await rig.VerifyAsync();
        mended.Health.Should().Be(QueueHealth.Clean, string.Join('\n', mended.Damages));
        mended.NextOffset.Should().Be(9);
        OffsetsOf(mended.Lost.Select(each => (each.FromOffset, each.ToOffset))).Should().Equal(lost);
        long[] intact = [.. Enumerable.Range(0, 9).Select(offset => (long)offset).Except(lost)];
        (await rig.DeliveredAsync("again")).Should().Equal(intact);
        (await rig.DeliveredAsync("default")).Should().Equal(intact);
        await using (IQueueProducer producer = await rig.Engine.ProducerAsync())
            (await producer.SendAsync(InspectionRig.BodyOf(9))).Should().Be(9, "no offset is given out again");
        (await rig.DeliveredAsync("again")).Should().Equal(9);
        (await rig.VerifyAsync()).Health.Should().Be(QueueHealth.Clean);
    }

    private static List<long> OffsetsOf(IEnumerable<(long From, long To)> ranges) =>
        [.. ranges.SelectMany(range => Enumerable.Range((int)range.From, (int)(range.To - range.From)))
            .Select(offset => (long)offset)];

    /// <summary>What of the damaged queue's truth is not there any more under any name.</summary>
    private static IEnumerable<string> NotKeptOf(InspectionRig rig, Dictionary<string, string> damaged)
    {
        HashSet<string> hashes = [.. rig.Files().Values];
        bool IsTruth(string name) => name.EndsWith(".log") || name.EndsWith("queue.json");
        return damaged.Where(file => IsTruth(file.Key) && !hashes.Contains(file.Value)).Select(file => file.Key);
    }

    private static async Task<bool> DiesAsync(InspectionRig rig, int effects)
    {
        var faults = new Faults();
        FolderEngine engine = FolderEngine.Open(
            rig.Engine.Path, new FolderOptions { Files = new FaultyFileSystem(new PosixFileSystem(), faults) });
        faults.KillAfter(effects);
        try
        {
            await engine.RepairAsync(EngineRig.Orders, dryRun: false, CancellationToken.None);
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }
}
