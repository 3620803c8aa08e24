namespace Fiq.Tests.House.Sources;

public sealed class SourceBlankerTests
{
    [Theory]
    [InlineData("a /* { */ b", "a         b")]
    [InlineData("a // {\nb", "a     \nb")]
    [InlineData("a '{' b", "a     b")]
    [InlineData(@"a '\'' b", "a      b")]
    [InlineData(@"a ""{\""{"" b", "a        b")]
    [InlineData("a @\"{\"\"\\\" b", "a         b")]
    [InlineData("a $\"{{{x[\"}\"]}\" b", "a               b")]
    [InlineData("a \"\"\"{\"\"}\"\"\" b", "a            b")]
    [InlineData("a $$\"\"\"{ {{x}} \"\"\" b", "a                  b")]
    public void Only_code_is_left(string text, string code)
    {
        SourceBlanker.Split(text).Code.Should().Be(code);
    }

    [Fact]
    public void Comments_are_kept_apart()
    {
        SourceBlanker.Split("a \"// no\" // yes\nb").Comments.Should().Be("          // yes\n ");
    }
}
