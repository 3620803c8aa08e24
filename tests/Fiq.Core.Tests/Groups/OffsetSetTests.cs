using Fiq.Groups;

namespace Fiq.Tests.Groups;

public sealed class OffsetSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_encoded_is_decoded(int seed)
    {
        var random = new Random(seed);
        var set = new OffsetSet();
        for (var i = 0; i < 2_000; i++)
            set.AddMask(random.Next(1_000_000), (ulong)random.NextInt64());
        set.AddRun(new OffsetRun(400_000, 700_000));
        set.RemoveMask(500_000, 0b1011);

        Decoded(OffsetSetCodec.Encode(set), 2_000_000).Runs().Should().Equal(set.Runs());
    }

    [Fact]
    public void Runs_across_chunks_are_one()
    {
        var set = new OffsetSet();
        set.AddRun(new OffsetRun(65_000, 200_000));
        set.AddMask(200_000, 0b1);

        set.Runs().Should().Equal(new OffsetRun(65_000, 200_001));
        set.NextMissing(70_000).Should().Be(200_001);
        set.NextMissing(3).Should().Be(3);
        set.MaskAt(64_999).Should().Be(ulong.MaxValue - 1);
    }

    [Fact]
    public void A_long_settled_stretch_is_one_item()
    {
        var set = new OffsetSet();
        set.AddRun(new OffsetRun(65_536, 65_536 * 1_000));

        OffsetSetCodec.Encode(set).Should().HaveCount(16);
    }

    [Fact]
    public void Every_other_offset_is_a_bitmap()
    {
        var set = new OffsetSet();
        for (var start = 0; start < 65_536; start += 64)
            set.AddMask(start, 0x5555_5555_5555_5555);

        OffsetSetCodec.Encode(set).Should().HaveCount(16 + 8_192);
        Decoded(OffsetSetCodec.Encode(set), 65_536).Runs().Should().Equal(set.Runs());
    }

    [Fact]
    public void What_lies_outside_of_the_range_is_refused()
    {
        var set = new OffsetSet();
        set.AddRun(new OffsetRun(10, 20));
        var bytes = OffsetSetCodec.Encode(set);

        OffsetSetCodec.TryDecodeInto(new OffsetSet(), bytes, 0, 19).Should().BeFalse();
        OffsetSetCodec.TryDecodeInto(new OffsetSet(), bytes, 11, 20).Should().BeFalse();
        OffsetSetCodec.TryDecodeInto(new OffsetSet(), bytes.AsSpan(..^8), 10, 20).Should().BeFalse();
        OffsetSetCodec.TryDecodeInto(new OffsetSet(), bytes, 10, 20).Should().BeTrue();
    }

    private static OffsetSet Decoded(byte[] bytes, long to)
    {
        var set = new OffsetSet();
        OffsetSetCodec.TryDecodeInto(set, bytes, 0, to).Should().BeTrue();
        return set;
    }
}
