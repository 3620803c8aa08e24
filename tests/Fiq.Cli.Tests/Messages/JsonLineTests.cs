using System.Text;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;

namespace Fiq.Cli.Tests.Messages;

public sealed class JsonLineTests
{
    private readonly JsonLine _lines = new(null, null, MessageHeaders.None, 1000);

    [Fact]
    public void The_members_of_a_message_are_read()
    {
        Message message = Read("""{"key":"a1","body":"hello","time":2.5,"headers":{"trace":"7","b":"ü"}}""");
        message.Key.ToString().Should().Be("a1");
        Text(message).Should().Be("hello");
        message.ProcessingMicroseconds.Should().Be(2_500_000);
        message.Headers.Pairs().Select(pair => pair.Key + "=" + pair.Value).Should().Equal("trace=7", "b=ü");
    }

    [Fact]
    public void Only_the_body_is_needed_and_what_printing_adds_is_accepted()
    {
        Read("""{"body":""}""").Body.Length.Should().Be(0);
        string printed = """
            {"offset":7,"key":null,"body":"x","time":0,"priority":0,"notBefore":null,"headers":{},"timestamp":"2026"}
            """;
        Message message = Read(printed.Trim());
        message.Key.IsEmpty.Should().BeTrue();
        message.TimestampMicroseconds.Should().Be(0);
    }

    [Theory]
    [InlineData("""{"a": [1, 2.50, null],  "b":"\u00e4"}""")]
    [InlineData("[ ]")]
    [InlineData("12.500")]
    [InlineData("true")]
    [InlineData("null")]
    public void A_body_of_any_JSON_is_kept_as_its_exact_bytes_and_comes_back(string body)
    {
        Message message = Read($$"""{"body": {{body}} }""");
        Text(message).Should().Be(body);
        message.Headers.Find("content-type").Should().Be("application/json");
        Print(message).Should().Contain($"\"body\":{body},");
    }

    [Fact]
    public void A_content_type_given_by_hand_wins_in_either_order()
    {
        const string Headers = "\"headers\":{\"content-type\":\"x/y\"}";
        Read($$"""{"body":[1],{{Headers}}}""").Headers.Find("content-type").Should().Be("x/y");
        Read($$"""{{{Headers}},"body":[1]}""").Headers.Find("content-type").Should().Be("x/y");
        Read("""{"body":[1],"headers":{"a":"b"}}""").Headers.Find("content-type").Should().Be("application/json");
    }

    [Fact]
    public void A_strings_body_is_its_text_with_escapes_resolved() =>
        Text(Read("""{"body":"a\"\u00e4\n\u0000"}""")).Should().Be("a\"ä\n\0");

    [Fact]
    public void Bytes_come_as_base64_and_go_as_base64()
    {
        Message message = Read("""{"bodyBase64":"/wD+"}""");
        message.Body.ToArray().Should().Equal(0xFF, 0, 0xFE);
        Print(message).Should().Contain("\"bodyBase64\":\"/wD+\"").And.NotContain("\"body\"");
    }

    [Theory]
    [InlineData("", "the line is empty (expected a JSON object with a body)")]
    [InlineData("a1:hello:2", "the line is not JSON (byte 0)")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "the object has no body")]
    [InlineData("""{"body":"x"} {"body":"y"}""", "the line is not JSON (byte 13)")]
    [InlineData("""{"body":"x""", "the line is not JSON (byte 10)")]
    [InlineData("""{"body":"x","Body":"y"}""", "unknown member \"Body\"*")]
    [InlineData("""{"body":"x","body":"y"}""", "member \"body\" comes twice")]
    [InlineData("""{"body":"x","bodyBase64":""}""", "body and bodyBase64 are both given")]
    [InlineData("""{"bodyBase64":"?"}""", "bodyBase64 is not base64")]
    [InlineData("""{"body":"x","key":"a b"}""", "key is not 1 to 256 of A-Za-z0-9_.-")]
    [InlineData("""{"body":"x","key":7}""", "key is not a string")]
    [InlineData("""{"body":"x","time":"2"}""", "time is not 0 to 86400 seconds*")]
    [InlineData("""{"body":"x","time":1e2}""", "time is not 0 to 86400 seconds*")]
    [InlineData("""{"body":"x","time":-1}""", "time is not 0 to 86400 seconds*")]
    [InlineData("""{"body":"x","priority":10}""", "priority is not 0 to 9")]
    [InlineData("""{"body":"x","notBefore":"tomorrow"}""", "notBefore is not a time*")]
    [InlineData("""{"body":"x","headers":{"a":1}}""", "header \"a\" is not a string")]
    [InlineData("""{"body":"x","headers":{"a":"1","a":"2"}}""", "header \"a\" comes twice")]
    [InlineData("""{"body":"\ud800"}""", "a string is not valid Unicode*")]
    public void What_is_not_exactly_a_message_is_refused(string line, string reason)
    {
        _lines.Parse(Encoding.UTF8.GetBytes(line), out LineRefusal? refusal).Should().BeNull();
        refusal!.ToString().Should().Match(reason);
    }

    [Fact]
    public void Priority_and_not_before_are_read_as_they_are_printed()
    {
        byte[] line = Encoding.UTF8.GetBytes(
            """{"body":"x","priority":7,"notBefore":"2026-01-01T00:00:00.000001Z"}""");
        Message message = _lines.Parse(line, out _)!;
        (message.Priority, message.NotBeforeMicroseconds).Should().Be((7, 1_767_225_600_000_001));
        Print(message).Should().Contain("\"priority\":7,\"notBefore\":\"2026-01-01T00:00:00.000001Z\"");
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = "{\"body\":" + new string('[', 100) + new string(']', 100) + "}";
        _lines.Parse(Encoding.UTF8.GetBytes(deep), out LineRefusal? refusal).Should().BeNull();
        refusal!.ToString().Should().StartWith("the line is not JSON");
    }

    [Fact]
    public void A_string_of_bytes_that_are_not_UTF_8_is_refused()
    {
        byte[] line = [.. "{\"body\":\""u8, 0xFF, .. "\"}"u8];
        _lines.Parse(line, out LineRefusal? refusal).Should().BeNull();
        refusal!.What.Should().StartWith("a string is not valid Unicode");
    }

    [Fact]
    public void The_members_that_are_printed_never_change()
    {
        var message = new Message
        {
            Key = MessageKey.Parse("a1"),
            Body = "hello"u8.ToArray(),
            ProcessingMicroseconds = 2_000_000,
            TimestampMicroseconds = 1_767_225_600_000_001,
            Headers = MessageHeaders.Create([new("trace", "7")]),
        };
        Print(message).Should().Be(
            """{"offset":3,"key":"a1","body":"hello","time":2,"priority":0,"notBefore":null"""
            + ""","timestamp":"2026-01-01T00:00:00.000001Z","headers":{"trace":"7"}}""");
    }

    [Fact]
    public void What_is_printed_reads_back_as_the_same_message()
    {
        var message = new Message
        {
            Body = "\"in quotes\""u8.ToArray(),
            ProcessingMicroseconds = 1_234_567,
            Headers = MessageHeaders.Create([new("content-type", "application/json")]),
        };
        Message again = Read(Print(message));
        again.Body.ToArray().Should().Equal(message.Body.ToArray());
        again.ProcessingMicroseconds.Should().Be(1_234_567);
        again.Headers.Pairs().Should().Equal(message.Headers.Pairs());
    }

    private static string Text(Message message) => Encoding.UTF8.GetString(message.Body.Span);

    private static string Print(Message message)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.Options))
        {
            writer.WriteStartObject();
            JsonMessageWriter.WriteMembers(writer, 3, message);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private Message Read(string line)
    {
        Message? message = _lines.Parse(Encoding.UTF8.GetBytes(line), out LineRefusal? refusal);
        refusal.Should().BeNull();
        return message!;
    }
}
