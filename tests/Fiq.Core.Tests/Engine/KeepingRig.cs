using Fiq.Engine;

namespace Fiq.Tests.Engine;

/// <summary>Short forms for tests of limits, retention and changes of groups.</summary>
internal static class KeepingRig
{
    public static readonly string Large = new('x', 50_000);

    public static Task CreateAsync(this EngineRig rig, QueueLimits limits) => rig.Open().CreateAsync(
        EngineRig.Orders,
        new QueueSettings { SegmentBytes = QueueSettings.SegmentBytesMin, Limits = limits },
        CancellationToken.None).AsTask();

    public static Task SetAsync(this EngineRig rig, QueueLimits change, bool reset = false) =>
        rig.Open().SetAsync(EngineRig.Orders, change, reset, CancellationToken.None).AsTask();

    public static Task<QueueDescription> DescribeAsync(this EngineRig rig) =>
        rig.Open().DescribeAsync(EngineRig.Orders, CancellationToken.None).AsTask();

    public static async Task<GroupDescription> GroupAsync(this EngineRig rig, string name = "default") =>
        (await rig.DescribeAsync()).Groups.Single(group => group.Name.ToString() == name);

    /// <summary>Takes that many messages and settles them; the consumer comes and goes.</summary>
    public static async Task DrainAsync(this EngineRig rig, int count, string group = "default")
    {
        await using IQueueConsumer consumer = await rig.ConsumerAsync(group);
        await consumer.FinishAsync(await consumer.TakeAsync(count));
    }

    /// <summary>Produces until the queue refuses; returns how many it took, and the code.</summary>
    public static async Task<(int Stored, ErrorCode Code)> FillAsync(this IQueueProducer producer, int countMax = 5_000)
    {
        for (int stored = 0; stored < countMax; stored++)
        {
            try
            {
                await producer.SendAsync(Large);
            }
            catch (FiqException error)
            {
                return (stored, error.Code);
            }
        }

        return (countMax, ErrorCode.Failed);
    }

    public static Task<ErrorCode> RefusedAsync(this IQueueProducer producer) =>
        EngineCalls.CodeOfAsync(() => producer.SendAsync("more"));
}
