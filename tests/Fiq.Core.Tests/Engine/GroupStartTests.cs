using Fiq.Engine;

namespace Fiq.Tests.Engine;

/// <summary>Where a group begins.</summary>
public sealed class GroupStartTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_new_group_begins_at_the_first_message_and_says_so()
    {
        await _rig.ProduceAsync("a", "b");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync("late");
        consumer.GroupStartedAt.Should().Be(0);
        (await consumer.OffsetsAsync()).Should().Equal(0, 1);
    }

    [Theory]
    [InlineData("late")]
    [InlineData("default")]
    public async Task A_group_without_progress_begins_where_it_is_told(string group)
    {
        await _rig.ProduceAsync("a", "b", "c");
        await using (IQueueConsumer last = await _rig.ConsumerAsync(group, StartPosition.Last))
        {
            last.GroupStartedAt.Should().Be(3);
            (await last.OffsetsAsync()).Should().BeEmpty();
            GroupDescription description = await last.DescribeAsync(CancellationToken.None);
            (description.Floor, description.BacklogSeconds).Should().Be((3, 0.0));
        }

        // Nothing was taken, so it may be told again.
        await using IQueueConsumer second = await _rig.ConsumerAsync(group, StartPosition.At(1));
        second.GroupStartedAt.Should().Be(1);
        (await second.OffsetsAsync()).Should().Equal(1, 2);
        (await second.DescribeAsync(CancellationToken.None)).BacklogSeconds.Should().Be(1.0);
    }

    [Fact]
    public async Task A_group_with_progress_or_with_members_refuses_a_start()
    {
        await _rig.ProduceAsync("a", "b");
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            (await RefusalAsync()).Should().Be(ErrorCode.BadRequest);
            await consumer.FinishAsync(await consumer.TakeAsync(1));
        }

        (await RefusalAsync()).Should().Be(ErrorCode.BadRequest);
        await using IQueueConsumer again = await _rig.ConsumerAsync();
        (await again.OffsetsAsync()).Should().Equal(1);
    }

    [Fact]
    public async Task A_group_can_begin_at_a_time()
    {
        await _rig.ProduceAsync("a", "b");
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync("past", StartPosition.Since(0)))
            consumer.GroupStartedAt.Should().Be(0);
        long later = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds() * 1000;
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync("future", StartPosition.Since(later)))
            consumer.GroupStartedAt.Should().Be(2);
        await using IQueueConsumer probe = await _rig.ConsumerAsync("probe");
        long second = (await probe.TakeAsync())[1].Message.TimestampMicroseconds;
        await using IQueueConsumer at = await _rig.ConsumerAsync("at", StartPosition.Since(second));
        at.GroupStartedAt.Should().BeInRange(0, 1);
        (await at.OffsetsAsync()).Should().Contain(1);
    }

    [Fact]
    public async Task A_start_outside_of_the_queue_is_taken_to_its_nearest_end()
    {
        await _rig.ProduceAsync("a", "b");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync("far", StartPosition.At(99));
        consumer.GroupStartedAt.Should().Be(2);
    }

    private Task<ErrorCode> RefusalAsync() =>
        EngineCalls.CodeOfAsync(async () => await _rig.ConsumerAsync("default", StartPosition.Last));
}
