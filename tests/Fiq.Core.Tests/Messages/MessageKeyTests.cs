using System.Text;

namespace Fiq.Tests.Messages;

public sealed class MessageKeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("A1_b.c-d")]
    [InlineData("..")]
    [InlineData("-")]
    public void A_valid_key_is_taken_as_it_is(string text)
    {
        MessageKey key = MessageKey.Parse(text);
        key.ToString().Should().Be(text);
        key.IsEmpty.Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    public void Any_other_is_refused(string text) =>
        text.Invoking(MessageKey.Parse).Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.BadRequest);

    [Fact]
    public void A_key_has_at_most_256_bytes()
    {
        MessageKey.TryCreate(Encoding.ASCII.GetBytes(new string('k', 256)), out MessageKey key).Should().BeTrue();
        key.Bytes.Length.Should().Be(MessageKey.LengthMax);
        MessageKey.TryCreate(Encoding.ASCII.GetBytes(new string('k', 257)), out _).Should().BeFalse();
    }

    [Fact]
    public void Exactly_65_bytes_may_stand_in_a_key()
    {
        byte[] allowed = [.. Enumerable.Range(0, 256).Select(b => (byte)b)
            .Where(b => MessageKey.TryCreate(new[] { b }, out _))];
        Encoding.ASCII.GetString(allowed).Should()
            .Be("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
    }

    [Theory]
    [InlineData("a", 0xAF63DC4C8601EC8C)]
    [InlineData("foobar", 0x85944171F73967E8)]
    public void The_hash_is_fnv_1a_for_ever(string text, ulong hash) => MessageKey.Parse(text).Hash.Should().Be(hash);

    [Fact]
    public void Keys_are_equal_when_their_bytes_are()
    {
        (MessageKey.Parse("abc") == MessageKey.Parse("abc")).Should().BeTrue();
        (MessageKey.Parse("abc") != MessageKey.Parse("abd")).Should().BeTrue();
        MessageKey.Parse("abc").GetHashCode().Should().Be(MessageKey.Parse("abc").GetHashCode());
        default(MessageKey).IsEmpty.Should().BeTrue();
        default(MessageKey).Hash.Should().Be(0xCBF29CE484222325);
    }

    [Fact]
    public void The_bytes_are_not_copied()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("-abc-");
        MessageKey.TryCreate(bytes.AsMemory(1, 3), out MessageKey key).Should().BeTrue();
        key.Bytes.Span.Overlaps(bytes).Should().BeTrue();
    }
}
