using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Frame;

public sealed class TextValuesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("2s", 2)]
    [InlineData("2", 2)]
    [InlineData("0", 0)]
    [InlineData("1.5", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3600)]
    [InlineData("0.25ms", 0.00025)]
    public void Durations_are_read(string text, double seconds)
    {
        DurationText.TryParse(text, out TimeSpan value).Should().BeTrue();
        value.TotalSeconds.Should().BeApproximately(seconds, 1e-7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("1 s")]
    [InlineData("1,5s")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("99999999999h")]
    [InlineData("5M")]
    public void What_is_not_a_duration_is_not_taken_for_one(string text) =>
        DurationText.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.25, "250ms")]
    [InlineData(1.5, "1.5s")]
    [InlineData(30, "30s")]
    [InlineData(300, "5m")]
    [InlineData(90, "90s")]
    [InlineData(7200, "2h")]
    public void Durations_are_written_in_their_largest_whole_unit(double seconds, string text) =>
        DurationText.Format(TimeSpan.FromSeconds(seconds)).Should().Be(text);

    [Theory]
    [InlineData("100/s", 100)]
    [InlineData("6/m", 0.1)]
    [InlineData("1.5/s", 1.5)]
    [InlineData("36/h", 0.01)]
    public void Rates_are_read(string text, double perSecond)
    {
        RateText.TryParse(text, out double value).Should().BeTrue();
        value.Should().BeApproximately(perSecond, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("100")]
    [InlineData("/s")]
    [InlineData("0/s")]
    [InlineData("-1/s")]
    [InlineData("1/d")]
    [InlineData("1e3/s")]
    [InlineData("99999999/s")]
    public void What_is_not_a_rate_is_not_taken_for_one(string text) =>
        RateText.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("64KiB", 65_536)]
    [InlineData("16MiB", 16_777_216)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("1GiB", 1_073_741_824)]
    [InlineData("7", 7)]
    [InlineData("7B", 7)]
    [InlineData("64kib", 65_536)]
    public void Sizes_are_read(string text, long bytes)
    {
        SizeText.TryParse(text, out long value).Should().BeTrue();
        value.Should().Be(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("64KB")]
    [InlineData("99999999TiB")]
    public void What_is_not_a_size_is_not_taken_for_one(string text) =>
        SizeText.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData(0, "0B", "0 B")]
    [InlineData(65_536, "64KiB", "64 KiB")]
    [InlineData(1234, "1234B", "1.2 KiB")]
    [InlineData(1 << 20, "1MiB", "1 MiB")]
    public void Sizes_are_written_exactly_for_options_and_roundly_for_people(long bytes, string exact, string round)
    {
        SizeText.Format(bytes).Should().Be(exact);
        SizeText.Show(bytes).Should().Be(round);
    }

    [Theory]
    [InlineData("first", StartKind.First, 0)]
    [InlineData("last", StartKind.Last, 0)]
    [InlineData("17", StartKind.Offset, 17)]
    [InlineData("5m", StartKind.Time, -300)]
    [InlineData("11:30", StartKind.Time, -1800)]
    [InlineData("2026-03-04T10:00:01Z", StartKind.Time, 1)]
    [InlineData("2026-03-04T12:00:01+02:00", StartKind.Time, 1)]
    public void A_place_in_a_queue_is_a_word_an_offset_or_a_time(string text, StartKind kind, long value)
    {
        long expected = kind == StartKind.Time
            ? (Now.ToUnixTimeSeconds() + value) * 1_000_000
            : value;
        StartText.Parse("--from", text, Now).Should().Be(new StartPosition(kind, expected));
    }

    [Theory]
    [InlineData("odrers", "orders", 1)]
    [InlineData("orders", "orders", 0)]
    [InlineData("orders", "order", 1)]
    [InlineData("mail", "orders", 6)]
    public void Slips_are_counted_with_swaps_as_one(string a, string b, int slips) =>
        Similar.Distance(a, b).Should().Be(slips);

    [Fact]
    public void Only_names_that_may_be_meant_are_suggested() =>
        Similar.To("order", ["orders", "order-archive", "mails", "odrer"])
            .Should().Equal("odrer", "orders", "order-archive");

    [Fact]
    public void Short_names_are_other_words_and_not_slips() =>
        Similar.To("l", ["j", "r", "ll"]).Should().BeEmpty();

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.04, "0 s")]
    [InlineData(9.5, "9.5 s")]
    [InlineData(32, "32 s")]
    [InlineData(310, "5 m 10 s")]
    [InlineData(12_000, "3 h 20 m")]
    [InlineData(187_200, "2 d 4 h")]
    public void Work_is_written_for_people(double seconds, string text) => WorkText.Format(seconds).Should().Be(text);
}
