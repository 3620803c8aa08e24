using System.Text;
using Fiq.Cli.Messages;

namespace Fiq.Cli.Tests.Messages;

public sealed class MessageLineTests
{
    private readonly MessageLine _lines = new(null, null, MessageHeaders.None, Message.BodySizeMax);

    [Theory]
    [InlineData("a1:hello:2", "a1", "hello", 2_000_000)]
    [InlineData("b2:x:y: z:0.5", "b2", "x:y: z", 500_000)]
    [InlineData(" a1 : hello : 2 ", "a1", " hello ", 2_000_000)]
    [InlineData("\ta1\t:x:\t0\t", "a1", "x", 0)]
    [InlineData("A_b-c.9:::::1", "A_b-c.9", ":::", 1_000_000)]
    [InlineData("a:b:86400", "a", "b", 86_400_000_000)]
    [InlineData("a:b:86400.000000", "a", "b", 86_400_000_000)]
    [InlineData("a:b:0.000001", "a", "b", 1)]
    [InlineData("a:b:00002", "a", "b", 2_000_000)]
    [InlineData("a:nul\0byte:1", "a", "nul\0byte", 1_000_000)]
    [InlineData("a:\r:1", "a", "\r", 1_000_000)]
    [InlineData("exit:now:1", "exit", "now", 1_000_000)]
    public void A_line_is_key_message_and_time(string line, string key, string body, long microseconds)
    {
        Message message = _lines.Parse(Encoding.UTF8.GetBytes(line), out LineRefusal? refusal)!;
        refusal.Should().BeNull();
        message.Key.ToString().Should().Be(key);
        Encoding.UTF8.GetString(message.Body.Span).Should().Be(body);
        message.ProcessingMicroseconds.Should().Be(microseconds);
    }

    [Theory]
    [InlineData("c3:q:soon", "processing time \"soon\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("hello", "no processing time (expected key:message:seconds)")]
    [InlineData("a1:hello", "no processing time (expected key:message:seconds)")]
    [InlineData("a1:hello:", "no processing time (expected key:message:seconds)")]
    [InlineData("a1:hello: \t", "no processing time (expected key:message:seconds)")]
    [InlineData(":", "no processing time (expected key:message:seconds)")]
    [InlineData("", "the line is empty (expected key:message:seconds)")]
    [InlineData(" \t ", "the line is empty (expected key:message:seconds)")]
    [InlineData("::1", "the key is empty (expected key:message:seconds)")]
    [InlineData(" :x:1", "the key is empty (expected key:message:seconds)")]
    [InlineData("a1::2", "the message is empty (expected key:message:seconds)")]
    [InlineData("a b:x:1", "key \"a b\" has other characters than A-Za-z0-9_.-")]
    [InlineData("ä:x:1", "key \"ä\" has other characters than A-Za-z0-9_.-")]
    [InlineData("\e[2J:x:1", "key \"\\x1b[2J\" has other characters than A-Za-z0-9_.-")]
    [InlineData("a:x:-1", "processing time \"-1\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("a:x:+1", "processing time \"+1\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("a:x:1e3", "processing time \"1e3\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("a:x:1,5", "processing time \"1,5\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("a:x:.", "processing time \".\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("a:x:0x10", "processing time \"0x10\" is not a number of seconds (expected key:message:seconds)")]
    [InlineData("a:x:86400.1", "processing time \"86400.1\" is not 0 to 86400 seconds with at most 6 decimals")]
    [InlineData("a:x:100000", "processing time \"100000\" is not 0 to 86400 seconds with at most 6 decimals")]
    [InlineData("a:x:1.0000000", "processing time \"1.0000000\" is not 0 to 86400 seconds with at most 6 decimals")]
    [InlineData("a:x:.5", "processing time \".5\" is not 0 to 86400 seconds with at most 6 decimals")]
    [InlineData("a:x:1.", "processing time \"1.\" is not 0 to 86400 seconds with at most 6 decimals")]
    public void What_is_not_a_message_is_refused_with_its_reason(string line, string reason)
    {
        _lines.Parse(Encoding.UTF8.GetBytes(line), out LineRefusal? refusal).Should().BeNull();
        refusal!.ToString().Should().Be(reason);
        refusal.Code.Should().Be(ErrorCode.BadLine);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_kept_exactly()
    {
        byte[] line = [(byte)'a', (byte)':', 0xFF, 0xFE, 0, 0xC3, (byte)':', (byte)'1'];
        _lines.Parse(line, out _)!.Body.ToArray().Should().Equal(0xFF, 0xFE, 0, 0xC3);
    }

    [Fact]
    public void A_key_has_at_most_256_bytes()
    {
        string longest = new('k', 256);
        _lines.Parse(Encoding.ASCII.GetBytes($"{longest}:x:1"), out _).Should().NotBeNull();
        _lines.Parse(Encoding.ASCII.GetBytes($"{longest}k:x:1"), out LineRefusal? refusal).Should().BeNull();
        refusal!.ToString().Should().Be("the key has 257 bytes, at most 256");
    }

    [Fact]
    public void A_message_over_the_queues_limit_is_too_large()
    {
        var small = new MessageLine(null, null, MessageHeaders.None, 4);
        small.Parse("a:1234:1"u8.ToArray(), out _).Should().NotBeNull();
        small.Parse("a:12345:1"u8.ToArray(), out LineRefusal? refusal).Should().BeNull();
        refusal!.Code.Should().Be(ErrorCode.MessageTooLarge);
        refusal.ToString().Should().Be("the message has 5 bytes, at most 4 are allowed");
    }

    [Theory]
    [InlineData(true, false, "x:y:2", "x:y", 2)]
    [InlineData(false, true, "a:x:y", "x:y", 7)]
    [InlineData(true, true, "a:x:y", "a:x:y", 7)]
    public void What_an_option_gives_is_not_in_the_line(
        bool givenKey, bool givenTime, string line, string body, long seconds)
    {
        MessageKey? key = givenKey ? MessageKey.Parse("all") : null;
        var lines = new MessageLine(key, givenTime ? 7_000_000 : null, MessageHeaders.None, 100);
        Message message = lines.Parse(Encoding.UTF8.GetBytes(line), out _)!;
        message.Key.ToString().Should().Be(givenKey ? "all" : "a");
        Encoding.UTF8.GetString(message.Body.Span).Should().Be(body);
        message.ProcessingMicroseconds.Should().Be(seconds * 1_000_000);
    }

    [Fact]
    public void The_message_is_a_slice_of_the_line_and_not_a_copy()
    {
        byte[] line = "a:x:1"u8.ToArray();
        Message message = _lines.Parse(line, out _)!;
        line[2] = (byte)'y';
        message.Body.Span[0].Should().Be((byte)'y');
    }
}
