using Fiq.Cli.Plan;

namespace Fiq.Cli.Tests.Plan;

public sealed class DeadlineTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("2h", "2026-01-31T14:00:00+01:00")]
    [InlineData("90", "2026-01-31T12:01:30+01:00")]
    [InlineData("18:00", "2026-01-31T18:00:00+01:00")]
    [InlineData("9:30", "2026-02-01T09:30:00+01:00")]
    [InlineData("12:00", "2026-02-01T12:00:00+01:00")]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00")]
    public void A_time_to_come_is_read_as_people_write_it(string text, string time) =>
        Deadline.Parse("--by", text, Now).Should().Be(
            DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("soon")]
    [InlineData("25:00")]
    [InlineData("2026-01-31T10:59:00Z")]
    [InlineData("-1h")]
    public void What_is_over_or_no_time_is_refused(string text) =>
        FluentActions.Invoking(() => Deadline.Parse("--by", text, Now)).Should().Throw<FiqException>();
}
