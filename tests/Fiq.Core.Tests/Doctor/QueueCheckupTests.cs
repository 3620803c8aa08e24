using Fiq.Doctor;
using Fiq.Engine;
using Fiq.Storage;
using Fiq.Tests.Engine;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Doctor;

/// <summary>A queue's story is told from outside: nothing is attached, nothing changes.</summary>
public sealed class QueueCheckupTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_story_changes_nothing_and_is_told_oldest_first()
    {
        await _rig.ProduceAsync("a");
        await _rig.ProduceAsync("b");
        Dictionary<string, string> before = Content();
        QueueStory story = QueueCheckup.Run(_rig.Path, EngineRig.Orders);
        Content().Should().Equal(before);
        story.PageIsValid.Should().BeTrue();
        story.PageIsOfThisBoot.Should().BeTrue();
        story.TailOffset.Should().Be(2);
        story.Watermark.Should().Be(2);
        story.StuckReason.Should().BeNull();
        story.Locks.Should().NotContain(each => each.IsHeld);
        story.Events.Select(each => each.Number).Should().BeInAscendingOrder();
        story.Events.Select(each => each.Name).Should().Equal("found-clean", "found-clean");
        story.Events[^1].Text.Should().Be("the first process found segment 1 clean at #1");
        QueueCheckup.Judge(story).Should().BeEmpty();
    }

    [Fact]
    public async Task Who_is_attached_is_seen_by_the_locks()
    {
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        QueueStory story = QueueCheckup.Run(_rig.Path, EngineRig.Orders);
        LockStory members = story.Locks.Single(each => each.Name == "members");
        members.IsHeld.Should().BeTrue();
        members.LastPid.Should().Be(Environment.ProcessId);
        story.Locks.Where(each => each.IsHeld).Should().ContainSingle();
    }

    [Fact]
    public async Task A_page_of_another_boot_is_told_as_such()
    {
        await _rig.ProduceAsync("a");
        using (var log = new LogFolderOfQueue(_rig.PathOf("orders")))
            log.OnPage(page => page.StoreIdentity(log.QueueId, Guid.NewGuid()));
        QueueStory story = QueueCheckup.Run(_rig.Path, EngineRig.Orders);
        story.PageIsValid.Should().BeTrue();
        story.PageIsOfThisBoot.Should().BeFalse();
    }

    [Fact]
    public async Task A_tail_that_failed_without_a_successor_and_damage_that_was_found_are_told()
    {
        await _rig.ProduceAsync("a");
        using (var log = new LogFolderOfQueue(_rig.PathOf("orders")))
        {
            log.OnPage(page =>
            {
                page.Failed = 1;
                page.Note(ProtocolEvent.DamageFound, 1, 0);
            });
        }

        QueueStory story = QueueCheckup.Run(_rig.Path, EngineRig.Orders);
        story.StuckReason.Should().Contain("segment 1 failed");
        QueueCheckup.Judge(story).Select(each => each.Name).Should().Equal("queue-tail", "queue-damage");
    }

    [Fact]
    public void A_queue_that_is_not_there_has_no_story()
    {
        Action act = () => QueueCheckup.Run(_rig.Path, EngineRig.Orders);
        act.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.QueueNotFound);
    }

    [Fact]
    public void Of_more_events_than_the_page_keeps_the_last_are_told_in_order()
    {
        using var rig = new LogRig();
        List<NotedEvent> events = rig.OnPage(page =>
        {
            for (int i = 0; i < 300; i++) page.Note(ProtocolEvent.Trimmed, i, 2L * i);
            return page.Events();
        });
        events.Should().HaveCount(256);
        events.Select(each => each.Epoch).Should().Equal(Enumerable.Range(44, 256).Select(i => (long)i));
        events.Should().OnlyContain(each => each.Number == each.Epoch && each.Offset == 2 * each.Epoch);
    }

    [Fact]
    public void Every_event_has_its_own_name_and_words()
    {
        var told = Enum.GetValues<ProtocolEvent>().Where(what => what != ProtocolEvent.None)
            .Select(what => EventWords.Tell(new NotedEvent(0, what, 7, 9))).ToList();
        told.Should().NotContain(each => each.Name == "unknown");
        told.Select(each => each.Name).Should().OnlyHaveUniqueItems();
        told.Select(each => each.Text).Should().OnlyHaveUniqueItems();
    }

    private Dictionary<string, string> Content() => Directory
        .EnumerateFiles(_rig.Path, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(
            File.ReadAllBytes(path))) + File.GetLastWriteTimeUtc(path).Ticks);
}
