namespace Fiq.Tests.Messages;

public sealed class ProducerNameTests
{
    [Theory]
    [InlineData("nightly")]
    [InlineData("file:9f:/srv/Aufträge 2026/x y.txt")]
    [InlineData("👩‍👩‍👧")]
    public void A_name_is_any_text_of_a_line(string text) => ProducerName.Parse(text).ToString().Should().Be(text);

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\u001bb")]
    [InlineData("a\u0085b")]
    [InlineData("half")]
    public void Control_characters_and_halves_of_characters_are_no_name(string text)
    {
        // An attribute can't hold half a character.
        if (text == "half") text = new string('\ud800', 1);
        Action parse = () => ProducerName.Parse(text);
        parse.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.BadRequest);
    }

    [Fact]
    public void A_name_has_at_most_256_bytes()
    {
        ProducerName.TryParse(new string('a', 256), out _).Should().BeTrue();
        ProducerName.TryParse(new string('a', 257), out _).Should().BeFalse();
        ProducerName.TryParse(new string('é', 128), out _).Should().BeTrue();
        ProducerName.TryParse(new string('é', 129), out _).Should().BeFalse();
    }
}
