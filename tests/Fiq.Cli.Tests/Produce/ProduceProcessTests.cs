using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Produce;

/// <summary>The real binary on real pipes.</summary>
public sealed class ProduceProcessTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task A_line_is_acknowledged_while_the_pipe_stays_open()
    {
        await using FiqProcess process = FiqProcess.Start(_store.Command("produce", "q"));
        await process.WriteAsync("a1:hello:2\n");
        await process.Output.WaitForAsync("acked #0 a1");
        await process.WriteAsync("a2:hello:2\nexit\n");
        FiqResult result = await process.EndAsync();
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Lines.Should().Equal("acked #0 a1", "acked #1 a2");
    }

    [Theory]
    [InlineData((int)Signal.Terminate, 0)]
    [InlineData((int)Signal.HangUp, 0)]
    [InlineData((int)Signal.Interrupt, 128 + (int)Signal.Interrupt)]
    public async Task A_signal_drains_what_is_under_way_and_ends_it(int signal, int exit)
    {
        await using FiqProcess process = FiqProcess.Start(_store.Command("produce", "q"));
        await process.WriteAsync("a1:hello:2\n");
        await process.Output.WaitForAsync("acked #0 a1");
        process.Signal((Signal)signal);
        FiqResult result = await process.EndAsync();
        result.ExitCode.Should().Be(exit, "{0}", result);
        result.Errors.Text.Should().Contain("1 acked in ");
        (await _store.ShowAsync("q")).GetProperty("messages").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task When_nobody_reads_its_acknowledgements_it_stops_with_141_and_says_nothing()
    {
        ShellResult result = await Shell.RunAsync(
            _store, "{ yes a:x:0 | fiq produce q; echo status $? >&2; } 2>errors | head -n 3; cat errors");
        result.Output.Should().StartWith("acked #0 a\nacked #1 a\nacked #2 a\n");
        result.Output.Should().EndWith("status 141\n").And.NotContain(" acked in ");
        long stored = (await _store.ShowAsync("q")).GetProperty("records").GetInt64();
        stored.Should().BeGreaterThan(3);
    }

    [Fact]
    public async Task A_full_file_of_acknowledgements_is_an_error()
    {
        ShellResult result = await Shell.RunAsync(_store, "echo a:x:0 | fiq produce q > /dev/full");
        result.ExitCode.Should().Be(1);
        result.Errors.Should().Contain("fiq: cannot write stdout: No space left on device (errno 28).");
    }

    [Theory]
    [InlineData("fiq produce q a:x:0 >&-", 141, "")]
    [InlineData("fiq produce q a:x:0 -q >&-", 0, "")]
    [InlineData("fiq produce q <&-", 1, "fiq: stdin is closed.\n")]
    [InlineData("fiq produce q a:x:0 <&-", 0, "")]
    [InlineData("fiq produce q a:x:0 2>&-", 0, "")]
    [InlineData("fiq produce q a:x:0 <&- 2>&- | cat", 0, "")]
    public async Task A_stream_that_is_closed_from_the_start_is_never_taken_for_another_file(
        string script, int exit, string said)
    {
        ShellResult result = await Shell.RunAsync(_store, script);
        result.ExitCode.Should().Be(exit, "{0}", result);
        result.Errors.Should().EndWith(said);
    }

    [Fact]
    public async Task Two_producers_can_share_one_file_of_acknowledgements()
    {
        ShellResult result = await Shell.RunAsync(
            _store, "(fiq produce q a:x:0; fiq produce q b:x:0) > acks; cat acks");
        result.Output.Should().Be("acked #0 a\nacked #1 b\n");
    }

    [Fact]
    public async Task Exit_before_other_lines_is_seen_in_a_pipe()
    {
        FiqResult result = await FiqProcess.RunAsync(_store.Command("produce", "q"), "a:x:1\nexit\nb:x:1\n");
        result.ExitCode.Should().Be(3, "{0}", result);
        result.Errors.Text.Should().Contain("exit in line 2 ended the input");
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_come_back_as_they_went_in()
    {
        byte[] input = [0xFF, 0xFE, 0, (byte)':', 0xC3, (byte)'\r', (byte)'\n'];
        FiqResult stored = await FiqProcess.RunAsync(_store.Command("produce", "q", "--raw"), input);
        stored.ExitCode.Should().Be(0, "{0}", stored);
        FiqResult taken = await FiqProcess.RunAsync(_store.Command("consume", "q", "--raw", "--until-empty"));
        taken.ExitCode.Should().Be(0, "{0}", taken);
        taken.Output.Bytes.Should().Equal(input);
    }

    [Fact]
    public async Task When_the_queue_is_full_it_waits_says_so_once_and_goes_on_as_consumers_make_room()
    {
        const int count = 200;
        await CreateAsync("--max-messages", "20");
        await using FiqProcess producer = FiqProcess.Start(_store.Command("produce", "q", "--when-full", "wait"));
        await producer.WriteAsync(string.Concat(Enumerable.Range(0, count).Select(i => $"k{i}:m:0\n")));
        producer.EndInput();
        await producer.Errors.WaitForAsync("waiting for room");
        (await _store.ShowAsync("q")).GetProperty("messages").GetInt64().Should().Be(20);
        FiqResult consumed = await FiqProcess.RunAsync(_store.Command("consume", "q", "--count", $"{count}", "--json"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed);
        FiqResult produced = await producer.EndAsync();
        produced.ExitCode.Should().Be(0, "{0}", produced);
        produced.Output.Lines.Should().Equal(Enumerable.Range(0, count).Select(i => $"acked #{i} k{i}"));
        produced.Errors.Lines.Count(line => line.Contains("waiting for room")).Should().Be(1);
        consumed.Output.Lines.Select(line => line.Split("\"key\":\"")[1].Split('"')[0])
            .Should().BeEquivalentTo(Enumerable.Range(0, count).Select(i => $"k{i}"));
        (await _store.ShowAsync("q")).GetProperty("nextOffset").GetInt64().Should().Be(count, "each is stored once");
    }

    [Fact]
    public async Task A_producer_that_waits_for_room_ends_when_told_and_has_stored_what_there_was_room_for()
    {
        await CreateAsync("--max-messages", "2");
        await using FiqProcess producer = FiqProcess.Start(_store.Command("produce", "q", "--when-full", "wait"));
        await producer.WriteAsync("a:m:0\nb:m:0\nc:m:0\n");
        await producer.Errors.WaitForAsync("waiting for room");
        producer.Signal(Signal.Terminate);
        FiqResult result = await producer.EndAsync();
        result.ExitCode.Should().Be(8, "{0}", result);
        result.Output.Lines.Should().Equal("acked #0 a", "acked #1 b");
        result.Errors.Text.Should().Contain("Stored up to line 2;");
    }

    [Fact]
    public async Task A_line_that_no_room_is_large_enough_for_is_not_waited_for()
    {
        await CreateAsync("--max-bytes", "1MiB");
        string input = $"a:m:0\nb:{new string('x', 1 << 20)}:0\n";
        FiqResult result = await FiqProcess.RunAsync(
            _store.Command("produce", "q", "--when-full", "wait", "--json"), input);
        result.ExitCode.Should().Be(8, "{0}", result);
        result.Output.Lines.Should().ContainSingle().Which.Should().Contain("\"key\":\"a\"");
        result.Errors.Lines[^1].Should().Contain("\"code\":\"message-too-large\"").And.Contain("(maxBytes)")
            .And.Contain("fiq queue set q --max-bytes");
    }

    [Fact]
    public async Task With_a_rate_lines_are_stored_no_faster_and_all_of_them()
    {
        long startedAt = Environment.TickCount64;
        FiqResult result = await FiqProcess.RunAsync(
            _store.Command("produce", "q", "--rate", "100/s"),
            string.Concat(Enumerable.Range(0, 60).Select(i => $"k{i}:m:0\n")));
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Lines.Should().Equal(Enumerable.Range(0, 60).Select(i => $"acked #{i} k{i}"));
        // 60 at 100 a second, of which some ten at most were credit: a machine can be slower, not faster.
        (Environment.TickCount64 - startedAt).Should().BeGreaterThan(450);
        result.Output.Captured[30].Timestamp.Should().BeGreaterThan(
            result.Output.Captured[0].Timestamp, "they do not come all together");
    }

    [Fact]
    public async Task A_store_that_is_a_file_is_refused_and_left_alone()
    {
        string file = Path.Combine(_store.Path, "file");
        await File.WriteAllTextAsync(file, "mine");
        FiqResult result = await FiqProcess.RunAsync(new FiqCommand(file, "produce", "q", "a:x:1"));
        result.ExitCode.Should().Be(2, "{0}", result);
        result.Errors.Lines[0].Should().StartWith($"fiq: {file} is not a folder");
        (await File.ReadAllTextAsync(file)).Should().Be("mine");
    }

    public void Dispose() => _store.Dispose();

    private async Task CreateAsync(params string[] limits)
    {
        FiqResult created = await FiqProcess.RunAsync(_store.Command(["queue", "create", "q", .. limits]));
        created.ExitCode.Should().Be(0, "{0}", created);
    }
}
