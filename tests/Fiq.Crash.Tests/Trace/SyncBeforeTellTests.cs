using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Trace.Laws;
using Fiq.Crash.Tests.Trace.Scenarios;

namespace Fiq.Crash.Tests.Trace;

/// <summary>Invariant I15 and its like, read off the system calls of the shipped binary.</summary>
[Collection(TraceCollection.Name)]
public sealed class SyncBeforeTellTests(RecordedScenarios scenarios)
{
    [StraceFact]
    public async Task A_message_is_told_only_when_its_bytes_and_all_names_above_them_are_synced()
    {
        var record = await scenarios.Of(Producing.OneByOne);
        ToldLine.In(record.Calls).Should().HaveCount(6);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task Nothing_is_told_in_a_store_of_whose_path_a_killed_process_left_a_part_unsynced()
    {
        var record = await scenarios.Of(Producing.BehindAHalfMadePath);
        record.Calls.OfType<Synced>().Count(sync => sync.WasCutShort).Should().Be(1);
        ToldLine.In(record.Calls).Should().HaveCount(6);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task Of_many_lines_from_a_pipe_none_is_told_before_the_sync_that_covers_it()
    {
        var record = await scenarios.Of(Producing.FromAPipe);
        ToldLine.In(record.Calls).Should().HaveCount(400);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task Behind_a_full_segment_nothing_is_told_before_the_next_one_has_its_name_on_disk()
    {
        var record = await scenarios.Of(Producing.Rolling);
        SegmentsNamedIn(record).Should().Be(4, "the queue, its dead letters, two rolls");
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task What_recovery_carries_over_from_a_killed_producer_is_synced_before_anything_new_is_told()
    {
        var record = await scenarios.Of(Producing.RecoveringAfterAKill);
        record.Calls.OfType<Synced>().Count(sync => sync.WasCutShort).Should().Be(1);
        SegmentsNamedIn(record).Should().Be(3);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task After_a_failed_sync_nothing_of_that_segment_is_synced_written_or_told_any_more()
    {
        var record = await scenarios.Of(Producing.AFailedSync);
        record.Calls.OfType<Synced>().Count(sync => sync.HasFailed).Should().Be(1);
        ToldLine.In(record.Calls).Should().HaveCount(12);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task What_one_process_tells_was_synced_by_itself_or_another_before()
    {
        var record = await scenarios.Of(Producing.TwoAtOnce);
        ToldLine.In(record.Calls).Should().HaveCount(28);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task Nothing_is_told_in_a_segment_whose_name_could_not_be_synced()
    {
        var record = await scenarios.Of(Producing.AFailedFolderSync);
        record.Calls.OfType<Synced>().Count(sync => sync.HasFailed).Should().Be(1);
        ToldLine.In(record.Calls).Should().HaveCount(34 + 3);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task What_is_delivered_is_on_disk_and_an_offset_file_is_whole_before_it_has_its_name()
    {
        var record = await scenarios.Of(Consuming.InTwoGroups);
        ToldLine.In(record.Calls).Should().HaveCount(4 * 20);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task A_segment_is_deleted_only_after_the_synced_offsets_of_all_groups_allow_it()
    {
        var record = await scenarios.Of(Consuming.UntilSegmentsGo);
        record.Calls.OfType<Unlinked>().Count(unlinked => TruthName.Segment(unlinked.Name) is not null)
            .Should().Be(4);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task A_queue_is_taken_apart_only_when_it_is_on_disk_that_it_is_gone()
    {
        var record = await scenarios.Of(Deleting.AQueueWithMessages);
        record.Calls.OfType<Renamed>().Should().Contain(renamed => renamed.From == Producing.Queue);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    [StraceFact]
    public async Task Also_what_a_killed_deleter_left_is_taken_apart_only_when_it_is_on_disk_that_it_is_gone()
    {
        var record = await scenarios.Of(Deleting.KilledInTheMiddle);
        record.Calls.OfType<Synced>().Count(sync => sync.WasCutShort).Should().Be(1);
        TraceLaws.Breaches(record.Calls).Should().BeEmpty();
    }

    private static int SegmentsNamedIn(TraceRecord record) =>
        record.Calls.OfType<Renamed>().Count(renamed => TruthName.Segment(renamed.To) is not null);
}
