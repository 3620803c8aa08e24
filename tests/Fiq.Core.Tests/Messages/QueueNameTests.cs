namespace Fiq.Tests.Messages;

public sealed class QueueNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("orders")]
    [InlineData("a.b_c-d")]
    [InlineData("7up")]
    [InlineData("a..b")]
    [InlineData("orders.dead")]
    public void A_valid_name_is_taken_as_it_is(string text)
    {
        QueueName.TryParse(text, out QueueName name).Should().BeTrue();
        name.ToString().Should().Be(text);
        QueueName.Parse(text).Should().Be(name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../etc")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\n")]
    [InlineData("Orders")]
    [InlineData("bestellungen-äö")]
    [InlineData("_config")]
    [InlineData(".new-1")]
    [InlineData("-x")]
    [InlineData(".dead")]
    [InlineData("a b")]
    public void What_could_lead_elsewhere_or_confuse_is_refused(string? text)
    {
        QueueName.TryParse(text, out _).Should().BeFalse();
        if (text is null) return;
        FiqException error = text.Invoking(QueueName.Parse).Should().Throw<FiqException>().Which;
        error.Code.Should().Be(ErrorCode.BadRequest);
        error.Message.Should().NotContain("\0").And.NotContain("\n");
        error.Hint.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public void A_name_has_at_most_64_characters_and_its_dead_letters_the_ending_more()
    {
        string longest = new('a', QueueName.LengthMax);
        QueueName.TryParse(longest, out QueueName name).Should().BeTrue();
        QueueName.TryParse(longest + "a", out _).Should().BeFalse();
        QueueName.TryParse(name.Dead.ToString(), out QueueName dead).Should().BeTrue();
        dead.Should().Be(name.Dead);
        QueueName.TryParse("a" + dead, out _).Should().BeFalse();
    }

    [Fact]
    public void The_queue_of_dead_letters_is_known_by_its_ending()
    {
        QueueName name = QueueName.Parse("orders");
        name.IsDead.Should().BeFalse();
        name.Dead.IsDead.Should().BeTrue();
        name.Dead.ToString().Should().Be("orders.dead");
    }

    [Fact]
    public void A_value_never_set_is_the_default_queue()
    {
        default(QueueName).ToString().Should().Be("default");
        default(QueueName).Should().Be(QueueName.Default);
        default(QueueName).GetHashCode().Should().Be(QueueName.Parse("default").GetHashCode());
    }
}
