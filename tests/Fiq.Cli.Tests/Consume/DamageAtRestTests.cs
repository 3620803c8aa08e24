using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Consume;

/// <summary>A consumer with nothing to do finds what has rotted, says so, and goes on.</summary>
public sealed class DamageAtRestTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Damage_in_what_a_group_has_long_settled_is_a_warning_and_consuming_goes_on()
    {
        await Run("queue", "create", "orders", "--segment-bytes", "1MiB");
        // Somebody who never comes keeps the segments.
        await Run("group", "create", "orders", "audit");
        string line = $"a1:{new string('x', 100_000)}:0\n";
        await FiqProcess.RunAsync(_store.PlainCommand("produce", "orders"), string.Concat(Enumerable.Repeat(line, 25)));
        await Run("consume", "orders", "--until-empty");
        string victim = Directory.GetFiles(_store.QueuePath("orders"), "00000001-*.log").Single();
        await using (var stream = new FileStream(victim, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Position = 500_000;
            stream.WriteByte((byte)'y');
        }

        await using FiqProcess consumer = FiqProcess.Start(_store.PlainCommand("consume", "orders"));
        CapturedLine warning = await consumer.Errors.WaitForAsync("fiq: warning: ");
        warning.Text.Should().StartWith($"fiq: warning: {victim} is damaged at bytes ")
            .And.EndWith("is wrong; run fiq verify orders");
        await Run("produce", "orders", "b1:goes on:0");
        await consumer.Output.WaitForAsync("goes on");
        FiqResult story = await FiqProcess.RunAsync(_store.PlainCommand("doctor", "orders"));
        story.Output.Text.Should().Contain("segment 1 is damaged at #");
        consumer.Signal(Signal.Terminate);
        (await consumer.EndAsync()).ExitCode.Should().Be(0);
    }

    private async Task Run(params string[] arguments)
    {
        FiqResult result = await FiqProcess.RunAsync(_store.PlainCommand(arguments));
        result.ExitCode.Should().Be(0, "{0}", result);
    }
}
