using System.Text;
using Fiq.Engine;

namespace Fiq.Tests.Engine;

public sealed class DamageInTheMiddleTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_lies_before_the_damage_is_handed_out_and_then_the_damage_is_named_with_its_file()
    {
        await _rig.ProduceAsync("first", "second", "to be damaged", "behind");
        string segment = Directory.GetFiles(_rig.PathOf("orders"), "*.log").Single();
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        bytes[bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("to be damaged"))] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);

        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> whole = await consumer.TakeAsync();
        whole.Select(each => each.Offset).Should().Equal(0, 1);
        await consumer.FinishAsync(whole);
        Func<Task> next = async () => await consumer.TakeAsync();
        DamagedException damage = (await next.Should().ThrowAsync<DamagedException>()).Which;
        damage.File.Should().Be(segment);
        damage.Message.Should().Contain("offsets 2..2");
    }

    [Fact]
    public async Task A_folder_of_somebody_else_is_not_a_queue()
    {
        await _rig.ProduceAsync("first");
        Directory.CreateDirectory(_rig.PathOf("backup"));
        (await _rig.Open().ListAsync(CancellationToken.None)).Should().Equal(EngineRig.Orders);
    }
}
