using Fiq.Engine;
using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine;

/// <summary>Killed anywhere while a queue is made or deleted: it is there and usable, or it is not there.</summary>
public sealed class KilledLifecycleTests
{
    // Each kill makes a queue anew; every third effect is enough to meet each step.
    private const int Stride = 3;

    [Fact]
    public async Task Killed_anywhere_while_creating_a_queue_the_next_one_can_use_it()
    {
        for (int k = 0; ; k += Stride)
        {
            using var rig = new EngineRig();
            bool killed = await DiesAsync(rig, k, engine =>
                engine.CreateAsync(EngineRig.Orders, new QueueSettings(), CancellationToken.None).AsTask());
            await rig.ProduceAsync("a");
            await using (IQueueConsumer consumer = await rig.ConsumerAsync())
                (await consumer.OffsetsAsync()).Should().Equal([0], "killed after {0} effects", k);
            await rig.Open().CreateAsync(QueueName.Parse("other"), new QueueSettings(), CancellationToken.None);
            Directory.EnumerateFileSystemEntries(rig.Path, ".*").Should().BeEmpty("what was left is removed");
            if (!killed) return;
        }
    }

    [Fact]
    public async Task Killed_anywhere_while_deleting_a_queue_it_is_whole_or_gone()
    {
        for (int k = 0; ; k += Stride)
        {
            using var rig = new EngineRig();
            await rig.ProduceAsync("a", "b");
            bool killed = await DiesAsync(rig, k, engine =>
                engine.DeleteAsync(EngineRig.Orders, CancellationToken.None).AsTask());
            IReadOnlyList<QueueName> left = await rig.Open().ListAsync(CancellationToken.None);
            await using (IQueueConsumer consumer = await rig.ConsumerAsync())
                (await consumer.OffsetsAsync()).Should().HaveCount(left.Count == 0 ? 0 : 2, "killed after {0}", k);
            await rig.Open().CreateAsync(QueueName.Parse("other"), new QueueSettings(), CancellationToken.None);
            Directory.EnumerateFileSystemEntries(rig.Path, ".*").Should().BeEmpty("what was left is removed");
            if (!killed) return;
        }
    }

    private static async Task<bool> DiesAsync(EngineRig rig, int effects, Func<FolderEngine, Task> act)
    {
        var faults = new Faults();
        FolderEngine engine = FolderEngine.Open(
            rig.Path, new FolderOptions { Files = new FaultyFileSystem(new PosixFileSystem(), faults) });
        faults.KillAfter(effects);
        try
        {
            await act(engine);
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }
}
