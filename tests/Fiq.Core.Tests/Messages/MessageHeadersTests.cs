using System.Text;

namespace Fiq.Tests.Messages;

public sealed class MessageHeadersTests
{
    [Fact]
    public void Pairs_come_back_in_their_order()
    {
        KeyValuePair<string, string>[] pairs = [new("b", "1"), new("a", "zwei ä"), new("b", ""), new("c", "x\0y")];
        MessageHeaders headers = MessageHeaders.Create(pairs);
        headers.Pairs().Should().Equal(pairs);
        headers.IsEmpty.Should().BeFalse();
    }

    [Fact]
    public void The_first_of_a_name_is_found()
    {
        MessageHeaders headers = MessageHeaders.Create([new("a", "1"), new("b", "2"), new("a", "3")]);
        headers.Find("a").Should().Be("1");
        headers.Find("b").Should().Be("2");
        headers.Find("A").Should().BeNull();
    }

    [Fact]
    public void No_pairs_are_no_headers() => MessageHeaders.Create([]).Should().BeSameAs(MessageHeaders.None);

    [Fact]
    public void The_bytes_are_those_of_the_record_format() =>
        Convert.ToHexString(MessageHeaders.Create([new("ab", "xyz")]).Encoded.Span)
            .Should().Be("02000000" + "03000000" + "6162" + "78797A");

    [Fact]
    public void An_empty_or_too_long_name_is_refused()
    {
        Refused(new("", "x")).Code.Should().Be(ErrorCode.BadRequest);
        Refused(new(new string('n', 257), "x")).Code.Should().Be(ErrorCode.BadRequest);
        MessageHeaders.Create([new(new string('n', 256), "x")]).Pairs().Should().HaveCount(1);
    }

    [Fact]
    public void More_than_64_kibibytes_are_refused()
    {
        MessageHeaders.Create([new("n", new string('v', MessageHeaders.SizeMax - 9))])
            .Encoded.Length.Should().Be(MessageHeaders.SizeMax);
        Refused(new("n", new string('v', MessageHeaders.SizeMax - 8))).Code.Should().Be(ErrorCode.BadRequest);
    }

    [Fact]
    public void Bytes_cut_anywhere_give_the_pairs_that_are_whole()
    {
        byte[] whole = MessageHeaders.Create([new("ab", "xyz"), new("c", "d")]).Encoded.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            var cut = new MessageHeaders(whole.AsMemory(0, length));
            cut.Pairs().Should().HaveCount(length >= 13 ? 1 : 0);
        }
    }

    [Fact]
    public void Lengths_that_lie_are_not_believed()
    {
        byte[] bytes = [0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, .. Encoding.UTF8.GetBytes("abc")];
        new MessageHeaders(bytes).Pairs().Should().BeEmpty();
        bytes[7] = 0xFF;
        new MessageHeaders(bytes).Pairs().Should().BeEmpty();
    }

    private static FiqException Refused(KeyValuePair<string, string> pair) =>
        pair.Invoking(p => MessageHeaders.Create([p])).Should().Throw<FiqException>().Which;
}
