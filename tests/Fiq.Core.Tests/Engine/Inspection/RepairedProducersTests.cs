using System.Text;
using Fiq.Engine;
using Fiq.Engine.Inspection;
using Fiq.Storage;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>What producers have stored, behind damage and its repair.</summary>
public sealed class RepairedProducersTests
{
    private static readonly ProducerOptions Nightly = new() { Name = ProducerName.Parse("nightly") };

    [Theory]
    [InlineData("a body in the middle", 9)]
    [InlineData("three places", 9)]
    [InlineData("everything in a segment", 9)]
    [InlineData("a bit of the tail's header", 9)]
    [InlineData("a missing first segment", 9)]
    [InlineData("the last body of the log", 8)]
    [InlineData("the tail's checkpoint", 9)]
    [InlineData("a missing tail", 6)]
    public async Task Behind_a_repair_a_producer_goes_on_where_its_last_intact_message_is(string damage, int known)
    {
        using InspectionRig rig = await MakeAsync();
        if (damage == "the tail's checkpoint") Damages.Flip(rig.Segments[^1], SegmentHeader.Size + 150);
        else DamageCatalogue.Do(damage, rig);
        (await rig.VerifyAsync()).Health.Should().NotBe(QueueHealth.Clean);
        await rig.RepairAsync();
        await using IQueueProducer next = await OpenAsync(rig);
        (await next.FindPositionAsync(CancellationToken.None)).Sequence.Should().Be((ulong)known);
        for (int i = 1; i <= InspectionRig.Messages + 3; i++)
            (await SendAsync(next, i)).Duplicate.Should().Be(i <= known, "{0} of {1} are known", i, known);
        await next.DisposeAsync();
        await using IQueueProducer last = await OpenAsync(rig);
        (await last.FindPositionAsync(CancellationToken.None)).Sequence.Should().Be(InspectionRig.Messages + 3);
    }

    [Fact]
    public async Task A_queue_of_named_producers_is_clean_when_it_is_verified()
    {
        using InspectionRig rig = await MakeAsync();
        QueueInspection found = await rig.VerifyAsync();
        found.Health.Should().Be(QueueHealth.Clean);
        found.Messages.Should().Be(InspectionRig.Messages);
    }

    private static async Task<InspectionRig> MakeAsync()
    {
        InspectionRig rig = await InspectionRig.MakeAsync(messages: 0);
        await using IQueueProducer producer = await OpenAsync(rig);
        for (int i = 1; i <= InspectionRig.Messages; i++) await SendAsync(producer, i);
        rig.Segments.Should().HaveCount(3);
        return rig;
    }

    private static async Task<IQueueProducer> OpenAsync(InspectionRig rig) =>
        await rig.Engine.Open().OpenProducerAsync(EngineRig.Orders, Nightly, CancellationToken.None);

    private static async Task<Acknowledgement> SendAsync(IQueueProducer producer, int number)
    {
        var message = new Message
        {
            Body = Encoding.UTF8.GetBytes(new string((char)('a' + number), 680)),
            Sequence = (ulong)number,
        };
        return (await producer.ProduceAsync([message], CancellationToken.None))[0];
    }
}
