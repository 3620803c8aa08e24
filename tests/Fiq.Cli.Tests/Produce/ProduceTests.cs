using System.Text;
using System.Text.Json;
using Fiq.Cli.Tests.Doubles;

namespace Fiq.Cli.Tests.Produce;

public sealed class ProduceTests
{
    private readonly CommandLineRun _run = new();

    [Fact]
    public async Task Lines_are_acknowledged_in_input_order_and_refused_by_number()
    {
        await _run.RunAsync("a1:hello:0.5\nb2:x:y: z:0.5\nc3:q:soon\n", ["produce", "q"]);
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        _run.Output.Should().Be("acked #0 a1\nacked #1 b2\n");
        _run.ErrorLines[0].Should().Be("new queue q in ~/.local/share/fiq");
        _run.ErrorLines[1].Should().Be(
            "line 3: processing time \"soon\" is not a number of seconds (expected key:message:seconds)");
        _run.ErrorLines[2].Should().StartWith("2 acked, 1 refused in ");
    }

    [Fact]
    public async Task As_JSON_acknowledgements_and_refusals_have_members_that_never_change()
    {
        await _run.RunAsync("a1:hello:0.5\nb2:x:y: z:0.5\nc3:q:soon\n", ["produce", "q", "--json"]);
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        _run.OutputLines.Should().Equal(
            """{"offset":0,"key":"a1","durability":"synced","duplicate":false}""",
            """{"offset":1,"key":"b2","durability":"synced","duplicate":false}""");
        _run.Error.Should().Be(
            """{"line":3,"error":{"code":"bad-line","exit":3,"message":"processing time \"soon\" is not a number of """
            + """seconds","hint":"expected key:message:seconds","queue":"q"}}""" + "\n");
    }

    [Theory]
    [InlineData("a:x:1", "x")]
    [InlineData("a:x:1\r\n", "x")]
    [InlineData("a:x\r:1\r\n", "x\r")]
    public async Task In_text_a_CR_before_the_LF_is_dropped_and_a_last_line_without_LF_counts(string input, string body)
    {
        await _run.RunAsync(input, ["produce"]);
        _run.Exit.Should().Be(ExitCode.Done);
        Body(0).Should().Equal(Encoding.UTF8.GetBytes(body));
        _run.Engine.Queues.Should().ContainKey("default");
    }

    [Fact]
    public async Task Raw_input_keeps_every_byte()
    {
        byte[] input = [0xFF, 0, (byte)':', (byte)'\r', (byte)'\n', (byte)'\n', .. "exit\nlast"u8];
        await _run.RunAsync(input, ["produce", "q", "--raw", "--key", "k", "--time", "0.25", "--header", "a=b=c"]);
        _run.Exit.Should().Be(ExitCode.Done);
        Body(0).Should().Equal(0xFF, 0, (byte)':', (byte)'\r');
        Body(1).Should().BeEmpty();
        Body(2).Should().Equal("exit"u8.ToArray());
        Body(3).Should().Equal("last"u8.ToArray());
        Message first = _run.Engine.Queues["q"][0];
        first.Key.ToString().Should().Be("k");
        first.ProcessingMicroseconds.Should().Be(250_000);
        first.Headers.Find("a").Should().Be("b=c");
    }

    [Fact]
    public async Task An_empty_line_is_refused_in_a_text_pipe()
    {
        await _run.RunAsync("\na:x:1\n \n", ["produce", "q"]);
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        _run.Output.Should().Be("acked #0 a\n");
        _run.ErrorLines.Should().Contain("line 1: the line is empty (expected key:message:seconds)")
            .And.Contain("line 3: the line is empty (expected key:message:seconds)");
    }

    [Fact]
    public async Task Exit_ends_text_input_and_what_follows_is_not_read()
    {
        await _run.RunAsync("a:x:1\n exit \r\nb:x:1\n", ["produce", "q"]);
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        _run.Output.Should().Be("acked #0 a\n");
        _run.ErrorLines[^1].Should().Be("exit in line 2 ended the input; what follows it was not read");
    }

    [Fact]
    public async Task Exit_as_the_last_line_is_a_normal_end()
    {
        await _run.RunAsync("a:x:1\nexit\n", ["produce", "q"]);
        _run.Exit.Should().Be(ExitCode.Done);
    }

    [Fact]
    public async Task In_JSON_input_exit_is_not_special()
    {
        await _run.RunAsync("exit\n{\"body\":\"exit\"}\n", ["produce", "q", "--input", "json"]);
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        Body(0).Should().Equal("exit"u8.ToArray());
    }

    [Fact]
    public async Task A_line_of_20_MiB_is_refused_with_its_number_and_the_rest_goes_on()
    {
        byte[] input = [.. "a:x:1\nb:"u8, .. Enumerable.Repeat((byte)'x', 20 << 20), .. ":1\nc:x:1\n"u8];
        await _run.RunAsync(input, ["produce", "q", "--json"]);
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        _run.OutputLines.Should().HaveCount(2);
        JsonElement refused = JsonDocument.Parse(_run.Error).RootElement;
        refused.GetProperty("line").GetInt32().Should().Be(2);
        refused.GetProperty("error").GetProperty("code").GetString().Should().Be("message-too-large");
    }

    [Fact]
    public async Task The_largest_message_is_taken_and_one_byte_more_is_not()
    {
        _run.Engine.MessageBytesMax = 1 << 20;
        string largest = new('x', 1 << 20);
        await _run.RunAsync($"a:{largest}:1\nb:{largest}y:1\nc:z:1\n", ["produce", "q"]);
        _run.Output.Should().Be("acked #0 a\nacked #1 c\n");
        _run.ErrorLines[1].Should().Be("line 2: the message has 1048577 bytes, at most 1048576 are allowed");
    }

    [Fact]
    public async Task Many_lines_are_all_stored_in_order()
    {
        var input = new StringBuilder();
        for (int i = 0; i < 50_000; i++) input.Append('k').Append(i).Append(":body ").Append(i).Append(":0\n");
        await _run.RunAsync(input.ToString(), ["produce", "q"]);
        _run.Exit.Should().Be(ExitCode.Done);
        _run.OutputLines.Should().HaveCount(50_000);
        _run.OutputLines[49_999].Should().Be("acked #49999 k49999");
        _run.Engine.Queues["q"].Select(message => message.Key.ToString())
            .Should().Equal(Enumerable.Range(0, 50_000).Select(i => $"k{i}"));
        _run.ErrorLines[^1].Should().MatchRegex("^50,000 acked in [0-9.]+ s \\([0-9,]+/s\\)$");
    }

    [Fact]
    public async Task An_error_stops_it_and_says_how_far_it_came()
    {
        int[] stored = [0];
        _run.Engine.FailProduce = call => call == 1 ? null : new FiqException(ErrorCode.DiskFull, "no room");
        string lines = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"k{i}:x:0\n"));
        await _run.RunAsync(lines, ["produce", "q"]);
        _run.Exit.Should().Be(ExitCode.Refused);
        stored[0] = _run.OutputLines.Length;
        stored[0].Should().BeInRange(1, 19_999);
        _run.Engine.Queues["q"].Should().HaveCount(stored[0]);
        _run.ErrorLines[^2].Should().Be("fiq: no room.");
        _run.ErrorLines[^1].Should().EndWith($"go on with tail -n +{stored[0] + 1}.");
    }

    [Fact]
    public async Task An_outcome_that_cannot_be_known_is_exit_1()
    {
        _run.Engine.FailProduce = _ => new FiqException(ErrorCode.Unknown, "the sync failed");
        await _run.RunAsync("a:x:1\n", ["produce", "q", "--json"]);
        _run.Exit.Should().Be(ExitCode.Failed);
        _run.Output.Should().BeEmpty();
        _run.Error.Should().Contain("\"code\":\"unknown\"").And.Contain("can't be known");
    }

    [Fact]
    public async Task Arguments_are_one_message_each()
    {
        await _run.RunAsync("produce", "q", "a1:hello:2", "wrong", "b:x:1");
        _run.Exit.Should().Be(ExitCode.SomeRefused);
        _run.Output.Should().Be("acked #0 a1\nacked #1 b\n");
        _run.ErrorLines[^1].Should().Be("message 2: no processing time (expected key:message:seconds)");
    }

    [Fact]
    public async Task An_argument_that_is_not_UTF_8_is_refused_instead_of_changed()
    {
        await _run.RunAsync("produce", "q", "a1:h\uFFFDllo:2");
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Engine.Queues["q"].Should().BeEmpty();
    }

    [Fact]
    public async Task Quiet_leaves_only_errors_and_refusals()
    {
        await _run.RunAsync("a:x:1\nb\n", ["produce", "q", "-q"]);
        _run.Output.Should().BeEmpty();
        _run.ErrorLines.Should().ContainSingle().Which.Should().StartWith("line 2:");
    }

    [Fact]
    public async Task A_new_queue_names_the_ones_that_look_like_it()
    {
        _run.Engine.Queues["orders"] = [];
        await _run.RunAsync("a:x:1\n", ["produce", "order"]);
        _run.ErrorLines[0].Should().Be("new queue order in ~/.local/share/fiq (there is also \"orders\")");
    }

    private byte[] Body(int offset) =>
        _run.Engine.Queues.Single().Value[offset].Body.ToArray();
}
