namespace Fiq.Tests.Messages;

public sealed class GroupNameTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("billing-2")]
    public void A_valid_name_is_taken_as_it_is(string text) => GroupName.Parse(text).ToString().Should().Be(text);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("A")]
    [InlineData("a/b")]
    public void Any_other_is_refused(string text)
    {
        GroupName.TryParse(text, out _).Should().BeFalse();
        text.Invoking(GroupName.Parse).Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.BadRequest);
    }

    [Fact]
    public void A_name_has_at_most_64_characters_whatever_its_ending()
    {
        GroupName.TryParse(new string('a', 64), out _).Should().BeTrue();
        GroupName.TryParse(new string('a', 60) + QueueName.DeadSuffix, out _).Should().BeFalse();
    }

    [Fact]
    public void A_value_never_set_is_the_default_group()
    {
        default(GroupName).ToString().Should().Be("default");
        default(GroupName).Should().Be(GroupName.Default);
        default(GroupName).GetHashCode().Should().Be(GroupName.Parse("default").GetHashCode());
    }
}
