using System.Buffers.Binary;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Tests.Golden;

namespace Fiq.Tests.Groups;

public sealed class OffsetFileReaderTests
{
    [Fact]
    public void Deltas_continue_the_snapshot()
    {
        var content = OffsetFileSample.Read(OffsetFileSample.Make());

        OffsetFileSample.Describe(content).Should().Be(OffsetFileSample.States[2]);
        content.Torn.Should().BeFalse();
        content.End.Sequence.Should().Be(3);
    }

    [Fact]
    public void Any_flipped_bit_is_found_or_costs_only_the_last_record()
    {
        var good = OffsetFileSample.Make();
        var damaged = 0;
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var bytes = (byte[])good.Clone();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            damaged += IsDamagedOr(bytes, OffsetFileSample.States.TakeLast(2)) ? 1 : 0;
        }

        damaged.Should().BeGreaterThan(good.Length * 4, "what lies before the last record is proven by it");
    }

    [Fact]
    public void Any_truncation_costs_only_trailing_records()
    {
        var good = OffsetFileSample.Make();
        for (var length = 0; length < good.Length; length++)
        {
            var damaged = IsDamagedOr(good.AsSpan(0, length).ToArray(), OffsetFileSample.States);
            damaged.Should().Be(length < 64 + 72 + 24, "without its first snapshot the file says nothing");
        }
    }

    [Fact]
    public void Any_lost_sector_is_found_or_costs_only_trailing_records()
    {
        var good = OffsetFileSample.Make();
        for (var from = 0; from < good.Length; from += 8)
        {
            var bytes = (byte[])good.Clone();
            bytes.AsSpan(from, Math.Min(96, bytes.Length - from)).Clear();
            IsDamagedOr(bytes, OffsetFileSample.States);
        }
    }

    [Fact]
    public void A_torn_last_delta_is_ignored_and_told()
    {
        var bytes = OffsetFileSample.Make();
        bytes[^40] ^= 1;

        var content = OffsetFileSample.Read(bytes);

        OffsetFileSample.Describe(content).Should().Be(OffsetFileSample.States[1]);
        content.Torn.Should().BeTrue();
    }

    [Fact]
    public void An_invalid_delta_before_a_valid_one_is_damage_with_its_bytes_named()
    {
        var bytes = OffsetFileSample.Make();
        bytes[64 + 72 + 24 + 30] ^= 1;

        var error = FluentActions.Invoking(() => OffsetFileSample.Read(bytes)).Should().Throw<DamagedException>().Which;

        error.FromPosition.Should().Be(64 + 72 + 24);
        error.ToPosition.Should().BeGreaterThan(error.FromPosition);
    }

    [Theory]
    [InlineData(8, "version")]
    [InlineData(16, "features")]
    public void A_newer_file_is_refused_by_name(int at, string word)
    {
        var bytes = OffsetFileSample.Make();
        bytes[at] += 4;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));

        FluentActions.Invoking(() => OffsetFileSample.Read(bytes)).Should().Throw<FiqException>()
            .Where(error => error.Code == ErrorCode.Unsupported && error.Message.Contains(word));
    }

    [Fact]
    public void A_file_of_another_queue_is_refused() =>
        FluentActions.Invoking(() => OffsetFileReader.Decode(OffsetFileSample.Make(), "offset", 7))
            .Should().Throw<DamagedException>().WithMessage("*another queue*");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_unknown_record_is_skipped_when_it_is_optional_and_refused_when_it_is_not(bool mustUnderstand)
    {
        var bytes = new List<byte>(OffsetFileSample.Make(spare: 0));
        var crc = OffsetFileSample.Read([.. bytes]).End.HeaderCrc;
        var from = bytes.Count;
        OffsetFileSample.Add(bytes, (OffsetRecordKind)99, ref crc, 4, default, new OffsetRun(1, 5));
        var all = bytes.ToArray();
        if (!mustUnderstand)
        {
            all[from + 6] = 0;
            crc = Crc32C.Compute(OffsetFileSample.Header.Secret, all.AsSpan(from, 64));
            BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(from + 64), crc);
        }

        var read = () => OffsetFileSample.Read(all);

        if (mustUnderstand)
            read.Should().Throw<FiqException>().Where(error => error.Code == ErrorCode.Unsupported);
        else
            OffsetFileSample.Describe(read()).Should().Be(OffsetFileSample.States[2]);
    }

    [Fact]
    public void The_bytes_of_a_file_are_these() =>
        GoldenHex.Check("offset-file.hex", OffsetFileSample.Make());

    /// <summary>True when the file is refused; otherwise it must say one of these.</summary>
    private static bool IsDamagedOr(byte[] bytes, IEnumerable<string> states)
    {
        try
        {
            OffsetFileSample.Describe(OffsetFileSample.Read(bytes)).Should().BeOneOf(states);
            return false;
        }
        catch (DamagedException)
        {
            return true;
        }
    }
}
