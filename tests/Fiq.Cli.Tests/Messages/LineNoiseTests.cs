using System.Text;
using Fiq.Cli.Messages;

namespace Fiq.Cli.Tests.Messages;

/// <summary>Lines of any bytes: each is a message whose body is in the line, or is refused with a reason.</summary>
public sealed class LineNoiseTests
{
    private const int Rounds = 60_000;
    private const int BodyMax = 200;

    private static readonly byte[][] Seeds =
    [
        "a1:hello:2"u8.ToArray(),
        " key : a:b:c : 0.000001 "u8.ToArray(),
        [.. "k:"u8, 0xFF, 0, 0xED, 0xA0, 0x80, 0xE2, 0x80, 0xA8, .. "\r:86400"u8],
        [0xEF, 0xBB, 0xBF, .. "k:byte order mark:1"u8],
        """{"key":"a1","body":"hello ü \ud83d\ude00","time":2.5,"headers":{"trace":"7"}}"""u8.ToArray(),
        """{"body":{"a":[1,2.50,null,{"b":"\u2028"}]},"offset":3,"worker":1,"seconds":1e3}"""u8.ToArray(),
        """{"bodyBase64":"/wD+","key":null,"notBefore":null,"priority":0}"""u8.ToArray(),
    ];

    [Fact]
    public void Any_text_line_is_a_message_that_lies_in_it_or_is_refused_with_a_reason()
    {
        var lines = new MessageLine(null, null, MessageHeaders.None, BodyMax);
        int taken = 0;
        ForEach(lines, (line, message) =>
        {
            taken++;
            message.Key.IsEmpty.Should().BeFalse();
            message.Body.Length.Should().BeInRange(1, BodyMax);
            line.AsSpan().IndexOf(message.Body.Span).Should().BeGreaterThanOrEqualTo(0);
            line[^1].Should().BeOneOf([.. " \t.0123456789"u8], "a time ends it");
            message.ProcessingMicroseconds.Should().BeInRange(0, Message.ProcessingMicrosecondsMax);
        });
        taken.Should().BeGreaterThan(Rounds / 50);
    }

    [Fact]
    public void Any_JSON_line_is_a_message_or_is_refused_with_a_reason()
    {
        var lines = new JsonLine(null, null, MessageHeaders.None, BodyMax);
        int taken = 0;
        ForEach(lines, (_, message) =>
        {
            taken++;
            message.Body.Length.Should().BeLessThanOrEqualTo(BodyMax);
            message.ProcessingMicroseconds.Should().BeInRange(0, Message.ProcessingMicrosecondsMax);
        });
        taken.Should().BeGreaterThan(Rounds / 50);
    }

    [Fact]
    public void Any_raw_line_is_its_message_byte_for_byte_or_too_large()
    {
        var lines = new RawLine(null, null, MessageHeaders.None, BodyMax);
        ForEach(lines, (line, message) => message.Body.Span.SequenceEqual(line).Should().BeTrue());
    }

    [Theory]
    [InlineData("""{"body":"x","time":1e999}""")]
    [InlineData("""{"body":"x","time":-0}""")]
    [InlineData("""{"body":"x","time":1E1}""")]
    [InlineData("""{"body":"x","time":99999999999999999999999999}""")]
    [InlineData("""{"body":"x","priority":1e999}""")]
    [InlineData("""{"body":"x","priority":0.0}""")]
    [InlineData("""{"body":"x","time":NaN}""")]
    [InlineData("""{"body":"x","time":1,"time":1}""")]
    [InlineData("""{"body":"x","offset":1,"offset":2}""")]
    [InlineData("""{"body":"x","b\u006fdy":"y"}""")]
    [InlineData("""{"body":"x","headers":{"a":"1","\u0061":"2"}}""")]
    [InlineData("""{"body":"x","headers":{"a":null}}""")]
    [InlineData("""{"body":"x","headers":[["a","1"]]}""")]
    [InlineData("""{"body":"x",}""")]
    [InlineData("""{"body":"x"}//""")]
    [InlineData("""{'body':'x'}""")]
    [InlineData("""{"body":01}""")]
    [InlineData("""{"body":"\x41"}""")]
    [InlineData("""{"body":"\udc00"}""")]
    [InlineData("""{"body":"a\ud83d"}""")]
    [InlineData("""{"body":"x","offset":{"a":1}}""")]
    [InlineData("""{"bodyBase64":"a"}""")]
    [InlineData("""{"bodyBase64":"YQ=="} x""")]
    [InlineData("""[{"body":"x"}]""")]
    [InlineData("null")]
    [InlineData("\ufeff{\"body\":\"x\"}")]
    public void Malformed_JSON_is_a_bad_line(string line)
    {
        var lines = new JsonLine(null, null, MessageHeaders.None, BodyMax);
        lines.Parse(Encoding.UTF8.GetBytes(line), out LineRefusal? refusal).Should().BeNull();
        refusal!.Code.Should().Be(ErrorCode.BadLine);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(100_000, false)]
    public void A_body_may_be_nested_63_deep_in_its_line_and_deeper_ones_cost_no_stack(int depth, bool taken)
    {
        var lines = new JsonLine(null, null, MessageHeaders.None, 1_000_000);
        string line = $"{{\"body\":{new string('[', depth)}{new string(']', depth)}}}";
        (lines.Parse(Encoding.UTF8.GetBytes(line), out _) is not null).Should().Be(taken);
    }

    /// <summary>Noise, and good lines with a few changes; by a seed, so that what failed can be made again.</summary>
    private static void ForEach(ILineFormat lines, Action<byte[], Message> check)
    {
        var random = new Random(4711);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] line = [.. Seeds[random.Next(Seeds.Length)]];
            if (round % 10 == 0) line = new byte[random.Next(300)];
            if (round % 10 == 0) random.NextBytes(line);
            for (int i = random.Next(4); i > 0 && line.Length > 0; i--) line = Changed(line, random);
            Message? message = lines.Parse(line, out LineRefusal? refusal);
            if (message is null) refusal!.ToString().Should().NotBeEmpty();
            else check(line, message);
        }
    }

    private static byte[] Changed(byte[] line, Random random)
    {
        int at = random.Next(line.Length);
        byte[] marks = [.. ":\"{}[],.0\\\r\n"u8, 0, 0xC3, 0xFF];
        switch (random.Next(4))
        {
            case 0:
                line[at] ^= (byte)(1 << random.Next(8));
                return line;
            case 1:
                return [.. line[..at], .. line[Math.Min(line.Length, at + random.Next(4))..]];
            case 2:
                return [.. line[..at], marks[random.Next(marks.Length)], .. line[at..]];
            default:
                return [.. line[..at], .. line];
        }
    }
}
