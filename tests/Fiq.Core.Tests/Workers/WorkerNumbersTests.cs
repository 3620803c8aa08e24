using Fiq.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Tests.Workers;

public sealed class WorkerNumbersTests
{
    [Fact]
    public async Task Workers_are_numbered_from_one_and_the_first_message_goes_to_the_first()
    {
        var consumer = new MemoryConsumer();
        var writer = new MemoryWriter(consumer);
        consumer.Add(1);
        var options = new ConsumptionOptions { Workers = 4, StopRule = new StopRule { UntilEmpty = true } };
        var run = new Consumption(consumer, new SleepHandler(), writer, options);
        await run.RunAsync();
        writer.Results.Should().ContainSingle().Which.Worker.Should().Be(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void The_number_of_workers_is_bounded(int workers)
    {
        var consumer = new MemoryConsumer();
        FluentActions.Invoking(() => new Consumption(
            consumer, new SleepHandler(), new MemoryWriter(consumer), new ConsumptionOptions { Workers = workers }))
            .Should().Throw<ArgumentOutOfRangeException>();
    }
}
