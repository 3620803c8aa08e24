using System.Text;

namespace Fiq.Tests.Messages;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("", "")]
    [InlineData("Grüße, 世界 😀", "Grüße, 世界 😀")]
    [InlineData("\u001b[31mred", "\\x1b[31mred")]
    [InlineData("a\r\n\tb\0", "a\\x0d\\x0a\\x09b\\x00")]
    [InlineData("\u007f\u009b", "\\x7f\\x9b")]
    [InlineData("ab\u202egnp.exe", "ab\\u202egnp.exe")]
    [InlineData("\u2028\u2029\u200b\ufeff", "\\u2028\\u2029\\u200b\\ufeff")]
    public void Control_and_direction_characters_are_escaped_and_nothing_else(string text, string shown)
    {
        Printable.Escape(text).Should().Be(shown);
        Printable.Escape(Encoding.UTF8.GetBytes(text)).Should().Be(shown);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_escaped()
    {
        Printable.Escape("a\ud83d").Should().Be("a\\ud83d");
        Printable.Escape("\ude00b").Should().Be("\\ude00b");
        Printable.Escape("\ud83d\ud83d\ude00").Should().Be("\\ud83d\U0001F600");
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 }, "a\\xffb")]
    [InlineData(new byte[] { 0xC3 }, "\\xc3")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "\\xed\\xa0\\x80")]
    [InlineData(new byte[] { 0xC0, 0xAF }, "\\xc0\\xaf")]
    public void Bytes_that_are_not_utf8_are_shown_one_by_one(byte[] bytes, string shown) =>
        Printable.Escape(bytes).Should().Be(shown);

    [Theory]
    [InlineData("a\U000E0041b", "a\\U000e0041b")]
    [InlineData("\U000E0001", "\\U000e0001")]
    [InlineData("\n\U000E0041\U0001F600", "\\x0a\\U000e0041\U0001F600")]
    public void Invisible_tags_are_escaped(string text, string shown)
    {
        Printable.Escape(text).Should().Be(shown);
        Printable.Escape(Encoding.UTF8.GetBytes(text)).Should().Be(shown);
    }
}
