namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// A check that finds nothing in a bad trace proves nothing about a good one: each bug here is found.
/// </summary>
public sealed class TraceLawsTests
{
    private const long First = 256;

    private static readonly long Second = First + BadTrace.Batch(0).Length;

    [Fact]
    public void A_trace_without_a_bug_has_no_breach()
    {
        var trace = WithTwoMessages();
        trace.Ack(0);
        trace.Ack(1);
        Roll(trace, Second);
        trace.Sync(BadTrace.Queue);
        trace.Write(BadTrace.Offset, 64, BadTrace.Floor(2));
        trace.Sync(BadTrace.Offset);
        trace.Unlink(BadTrace.Queue, BadTrace.SegmentName);
        trace.Sync(BadTrace.Queue);
        trace.Rename(BadTrace.Store, "orders", ".deleted-1");
        trace.Sync(BadTrace.Store);
        trace.Tell("""{"name":"orders","deleted":true}""");
        trace.Unlink(BadTrace.Queue, BadTrace.NextName);
        trace.Breaches.Should().BeEmpty();
    }

    [Fact]
    public void An_acknowledgement_without_a_sync_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Ack(0);
        ShouldBeFound(trace, "ToldLaw: #0 k0 was told, but its bytes in");
    }

    [Fact]
    public void An_acknowledgement_before_the_sync_has_returned_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Ack(0);
        trace.SyncAroundLast(BadTrace.Segment);
        ShouldBeFound(trace, "ToldLaw: #0 k0 was told, but its bytes in");
    }

    [Fact]
    public void A_sync_that_began_before_the_write_had_returned_covers_nothing()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.SyncAroundLast(BadTrace.Segment);
        trace.Ack(0);
        ShouldBeFound(trace, "ToldLaw: #0 k0 was told, but its bytes in");
    }

    [Fact]
    public void A_sync_of_another_file_covers_nothing()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Sync(BadTrace.Offset);
        trace.Ack(0);
        ShouldBeFound(trace, "ToldLaw: #0 k0 was told, but its bytes in");
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_written_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Ack(0);
        ShouldBeFound(trace, "ToldLaw: #0 k0 was told, but it was not written");
    }

    [Fact]
    public void An_acknowledgement_of_another_message_than_the_stored_one_is_found()
    {
        var trace = WithTwoMessages();
        trace.Tell("acked #0 k1");
        ShouldBeFound(trace, "ToldLaw: #0 k1 was told, but in 00000001-00000000000000000000.log its key is k0");
    }

    [Fact]
    public void A_delivery_of_what_is_not_on_disk_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Tell("""{"offset":0,"key":"k0","outcome":"done"}""");
        ShouldBeFound(trace, "ToldLaw: #0 k0 was told, but its bytes in");
    }

    [Fact]
    public void An_acknowledgement_of_what_lies_behind_a_stated_end_is_found()
    {
        var trace = WithTwoMessages();
        Roll(trace, Second);
        trace.Sync(BadTrace.Queue);
        trace.Ack(1);
        ShouldBeFound(trace, "ToldLaw: #1 k1 was told, but it is behind the stated end");
    }

    [Fact]
    public void A_second_sync_after_a_failed_one_is_found_and_what_it_covers_is_not_believed()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Sync(BadTrace.Segment, succeeded: false);
        trace.Sync(BadTrace.Segment);
        trace.Ack(0);
        ShouldBeFound(
            trace,
            $"FailedSyncLaw: {BadTrace.SegmentName} was synced again",
            "ToldLaw: #0 k0 was told, but its bytes in");
    }

    [Fact]
    public void Writing_on_after_a_failed_sync_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Sync(BadTrace.Segment, succeeded: false);
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        ShouldBeFound(trace, $"FailedSyncLaw: {BadTrace.SegmentName} was written to at 256 after a failed sync");
    }

    [Fact]
    public void Writing_into_a_failed_segment_before_its_stated_end_is_found_whoever_does_it()
    {
        var trace = WithTwoMessages();
        trace.Sync(BadTrace.Segment, succeeded: false);
        trace.Write(BadTrace.Segment, Second, BadTrace.Batch(1), process: 1);
        trace.Breaches.Should().BeEmpty("another process may be in the middle of its append");
        Roll(trace, Second);
        trace.Sync(BadTrace.Queue);
        trace.Write(BadTrace.Segment, Second, BadTrace.Batch(1), process: 1);
        trace.Breaches.Should().BeEmpty("behind the end is room for a footer");
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(1), process: 1);
        ShouldBeFound(trace, $"FailedSyncLaw: {BadTrace.SegmentName} was written to at 256 after a failed sync");
    }

    [Fact]
    public void A_segment_that_is_named_before_its_content_is_synced_is_found()
    {
        var trace = WithTwoMessages();
        trace.MakeTruth(BadTrace.Queue, BadTrace.NextName, BadTrace.HeaderAfter(1, Second), synced: false);
        ShouldBeFound(
            trace,
            $"NamedTruthLaw: {BadTrace.NextName}.tmp became {BadTrace.NextName}, but {BadTrace.NextName} was not");
    }

    [Fact]
    public void A_queue_that_is_named_before_what_is_in_it_is_synced_is_found()
    {
        var trace = BadTrace.WithQueue();
        var folder = trace.Make(BadTrace.Store, ".new-2", isDirectory: true);
        trace.MakeTruth(folder, "queue.json", "{}"u8);
        trace.Rename(BadTrace.Store, ".new-2", "bills");
        ShouldBeFound(trace, "NamedTruthLaw: .new-2 became bills, but the name queue.json in it was not synced");
    }

    [Fact]
    public void Appending_to_a_segment_whose_name_is_not_on_disk_is_found()
    {
        var trace = WithTwoMessages();
        var next = Roll(trace, Second);
        trace.Write(next, First, BadTrace.Batch(2));
        trace.Sync(next);
        trace.Ack(2);
        ShouldBeFound(
            trace,
            $"AppendedLaw: {BadTrace.NextName} was written to at 256, but the name {BadTrace.NextName} was not synced",
            $"ToldLaw: #2 k2 was told, but the name {BadTrace.NextName} was not synced");
    }

    [Fact]
    public void A_folder_sync_after_a_failed_one_makes_no_name_durable()
    {
        var trace = WithTwoMessages();
        var next = Roll(trace, Second);
        trace.Sync(BadTrace.Queue, succeeded: false);
        trace.Sync(BadTrace.Queue);
        trace.Write(next, First, BadTrace.Batch(2));
        ShouldBeFound(
            trace,
            $"AppendedLaw: {BadTrace.NextName} was written to at 256, but the name {BadTrace.NextName} was not synced");
    }

    [Fact]
    public void An_acknowledgement_in_a_queue_whose_own_name_is_not_on_disk_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Rename(BadTrace.Store, "orders", "bills");
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Sync(BadTrace.Segment);
        trace.Sync(BadTrace.Queue);
        trace.Ack(0);
        trace.Breaches.Should().Contain("ToldLaw: #0 k0 was told, but the name bills was not synced");
    }

    [Fact]
    public void A_queue_that_is_told_to_be_there_or_gone_before_the_store_is_synced_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Tell("""{"name":"orders","created":true}""");
        trace.Breaches.Should().BeEmpty();
        trace.Rename(BadTrace.Store, "orders", ".deleted-1");
        trace.Tell("""{"name":"orders","deleted":true}""");
        ShouldBeFound(trace, "QueueToldLaw: orders was told to be deleted, but that was not synced");
    }

    [Fact]
    public void A_segment_that_is_deleted_before_the_offset_is_synced_is_found()
    {
        var trace = WithTwoMessages();
        Roll(trace, Second + BadTrace.Batch(1).Length);
        trace.Sync(BadTrace.Queue);
        trace.Write(BadTrace.Offset, 64, BadTrace.Floor(1));
        trace.Sync(BadTrace.Offset);
        trace.Write(BadTrace.Offset, 136, BadTrace.Floor(2));
        trace.Unlink(BadTrace.Queue, BadTrace.SegmentName);
        trace.Sync(BadTrace.Offset);
        ShouldBeFound(
            trace, $"TrimmedLaw: {BadTrace.SegmentName} was deleted while group default had 1 on disk, not 2");
    }

    [Fact]
    public void Two_deletions_without_a_sync_of_the_folder_between_them_are_found()
    {
        const string third = "00000003-00000000000000000002.log";
        var trace = WithTwoMessages();
        Roll(trace, Second);
        trace.MakeTruth(BadTrace.Queue, third, BadTrace.HeaderAfter(2, First));
        trace.Write(BadTrace.Offset, 64, BadTrace.Floor(2));
        trace.Sync(BadTrace.Offset);
        trace.Sync(BadTrace.Queue);
        trace.Unlink(BadTrace.Queue, BadTrace.SegmentName);
        trace.Unlink(BadTrace.Queue, BadTrace.NextName);
        ShouldBeFound(
            trace, $"TrimmedLaw: {BadTrace.NextName} was deleted before the deletion of another was synced");
    }

    [Fact]
    public void A_queue_that_is_taken_apart_before_its_deletion_is_on_disk_is_found()
    {
        var trace = WithTwoMessages();
        trace.Rename(BadTrace.Store, "orders", ".deleted-1");
        trace.Unlink(BadTrace.Queue, BadTrace.SegmentName);
        ShouldBeFound(
            trace, $"TakenApartLaw: {BadTrace.SegmentName} was unlinked, but the name .deleted-1 was not synced");
    }

    [Fact]
    public void Truth_that_is_mapped_for_writing_is_found()
    {
        var trace = BadTrace.WithQueue();
        trace.Map(BadTrace.Segment);
        trace.Breaches.Should().Contain($"MappedLaw: {BadTrace.SegmentName} was mapped for writing");
    }

    private static BadTrace WithTwoMessages()
    {
        var trace = BadTrace.WithQueue();
        trace.Write(BadTrace.Segment, First, BadTrace.Batch(0));
        trace.Write(BadTrace.Segment, Second, BadTrace.Batch(1));
        trace.Sync(BadTrace.Segment);
        return trace;
    }

    private static int Roll(BadTrace trace, long end) =>
        trace.MakeTruth(BadTrace.Queue, BadTrace.NextName, BadTrace.HeaderAfter(1, end));

    private static void ShouldBeFound(BadTrace trace, params string[] breaches)
    {
        trace.Breaches.Should().HaveSameCount(breaches);
        foreach (var breach in breaches)
        {
            trace.Breaches.Should().Contain(found => found.StartsWith(breach, StringComparison.Ordinal));
        }
    }
}
