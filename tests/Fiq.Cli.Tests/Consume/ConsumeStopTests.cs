using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Consume;

public sealed class ConsumeStopTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(Signal.Terminate, 0)]
    [InlineData(Signal.HangUp, 0)]
    [InlineData(Signal.Interrupt, 130)]
    public async Task A_signal_lets_running_work_finish_and_hands_the_rest_back(object signal, int exit)
    {
        await ProduceAsync("a:1:1.5", "b:2:1.5", "c:3:0");
        await using FiqProcess consumer = await StartAsync("2 running", "consume", "q", "-w", "2");
        consumer.Signal((Signal)signal);
        FiqResult result = await consumer.EndAsync();
        result.ExitCode.Should().Be(exit, "{0}", result);
        result.Output.Lines.Should().HaveCount(2);
        result.Errors.Text.Should().MatchRegex("finishing 2 messages, \\d s left; Ctrl-C again hands them back");
        result.Errors.Lines[^1].Should().StartWith("2 done in ");
        (await RestAsync()).Should().Equal("3");
    }

    [Fact]
    public async Task What_declares_more_than_the_grace_is_handed_back_at_once_and_costs_no_attempt()
    {
        await ProduceAsync("a:1:60");
        await using FiqProcess consumer = await StartAsync("1 running", "consume", "q", "--grace", "5s");
        consumer.Signal(Signal.Terminate);
        FiqResult result = await consumer.EndAsync();
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Lines.Should().BeEmpty();
        result.Errors.Lines[^1].Should().Be("0 done · 1 handed back");
        await using FiqProcess next = await StartAsync("1 running", "consume", "q", "--json");
        next.Signal(Signal.Terminate);
        next.Signal(Signal.Terminate);
        (await next.EndAsync()).Output.Lines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_second_signal_hands_back_at_once()
    {
        await ProduceAsync("a:1:20");
        await using FiqProcess consumer = await StartAsync("1 running", "consume", "q");
        consumer.Signal(Signal.Terminate);
        await consumer.Errors.WaitForAsync("finishing 1 message");
        consumer.Signal(Signal.Terminate);
        FiqResult result = await consumer.EndAsync();
        result.Errors.Lines[^1].Should().Be("0 done · 1 handed back");
        (await _store.ShowAsync("q")).GetProperty("groups")[0].GetProperty("ready").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task Exit_in_a_pipe_ends_it_like_a_signal()
    {
        await using FiqProcess consumer = await StartAsync("stops", "consume", "q");
        consumer.Errors.Text.Should().Contain("exit or Ctrl-C stops");
        await consumer.WriteAsync("hello\nexit\n");
        (await consumer.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task The_end_of_stdin_does_not_end_it()
    {
        await using FiqProcess consumer = await StartAsync("stops", "consume", "q", "--raw");
        consumer.EndInput();
        await ProduceAsync("a:later:0");
        await consumer.Output.WaitForAsync("later");
        consumer.Signal(Signal.Terminate);
        (await consumer.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Stdin_beside_an_ending_option_belongs_to_others()
    {
        FiqResult loop = await FiqProcess.RunAsync(
            Scripts.Bash(_store, "while read x; do fiq produce q -q a:$x:0; fiq consume q --count 1 --raw -q; done"),
            "1\nexit\n2\n");
        loop.Output.Lines.Should().Equal("1", "exit", "2");
    }

    [Fact]
    public async Task A_waiting_consumer_makes_its_queue_and_says_so()
    {
        await using FiqProcess consumer = await StartAsync("stops", "consume", "q");
        consumer.Errors.Lines[0].Should().Be($"new queue q in {_store.Path}");
    }

    private async Task<FiqProcess> StartAsync(string until, params string[] args)
    {
        FiqProcess consumer = FiqProcess.Start(_store.Command(args));
        if (until.EndsWith("running", StringComparison.Ordinal))
            await RunningAsync(int.Parse(until.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        else
            await consumer.Errors.WaitForAsync(until);
        return consumer;
    }

    private async Task RunningAsync(int count)
    {
        while ((await _store.ShowAsync("q")).GetProperty("groups")[0].GetProperty("leased").GetInt64() < count)
            await Task.Delay(20);
    }

    private async Task ProduceAsync(params string[] lines)
    {
        FiqResult result = await FiqProcess.RunAsync(
            _store.Command("produce", "q", "-q"), string.Join('\n', lines) + "\n");
        result.ExitCode.Should().Be(0, "{0}", result);
    }

    private async Task<IReadOnlyList<string>> RestAsync() =>
        (await FiqProcess.RunAsync(_store.Command("consume", "q", "--until-empty", "--raw"))).Output.Lines;
}
