using Fiq.Engine;

namespace Fiq.Tests.Engine;

public sealed class TrimmingTests : IDisposable
{
    private static readonly string Large = new('x', 600_000);

    private readonly EngineRig _rig = new();

    private string[] Segments => Directory.GetFiles(_rig.PathOf("orders"), "*.log");

    public void Dispose() => _rig.Dispose();

    // A flush in the background waits for a tenth of a second: many consumers in scripts do not live that long.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Consumers_that_live_for_a_moment_delete_the_segments_that_nobody_needs_any_more(int flushAfter)
    {
        var settings = new QueueSettings { SegmentBytes = QueueSettings.SegmentBytesMin };
        await _rig.Open().CreateAsync(EngineRig.Orders, settings, CancellationToken.None);
        await _rig.ProduceAsync(Large, Large, Large, Large);
        Segments.Should().HaveCount(4);
        foreach (int left in (int[])[3, 1])
        {
            await TakeAsync(Segments.Length - left, TimeSpan.FromMilliseconds(flushAfter));
            Segments.Should().HaveCount(left);
        }
    }

    private async Task TakeAsync(int count, TimeSpan flushInterval)
    {
        await using IQueueConsumer consumer = await _rig.Open().OpenConsumerAsync(
            EngineRig.Orders, new ConsumerOptions { FlushInterval = flushInterval }, CancellationToken.None);
        for (int i = 0; i < count; i++) await consumer.FinishAsync(await consumer.TakeAsync(1));
    }
}
