using System.Text;
using Fiq.Pipeline;

namespace Fiq.Cli.Tests.Produce;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("\n", new[] { "" })]
    [InlineData("a\n\nb\n", new[] { "a", "", "b" })]
    [InlineData("a\r\nb\r", new[] { "a\r", "b\r" })]
    public void Lines_end_at_LF_and_the_last_may_lack_it(string input, string[] lines)
    {
        foreach (int step in (int[])[1, 2, 1000])
            Read(Encoding.UTF8.GetBytes(input), 100, step).Select(line => Encoding.UTF8.GetString(line.Bytes.Span))
                .Should().Equal(lines);
    }

    [Fact]
    public void Lines_of_every_length_come_out_whole_however_the_reads_are_cut()
    {
        var random = new Random(7);
        var lines = Enumerable.Range(0, 500).Select(_ => new byte[random.Next(3) == 0 ? 5000 : 40]).ToList();
        lines.Add(new byte[300_000]);
        lines.Add([1, 2, 3]);
        foreach (byte[] line in lines)
        {
            random.NextBytes(line);
            line.AsSpan().Replace((byte)'\n', (byte)'x');
        }

        byte[] input = [.. lines.SelectMany(line => line.Append((byte)'\n'))];
        foreach (int step in (int[])[777, 4096, 1_000_000])
        {
            List<InputLine> read = Read(input, 400_000, step);
            read.Should().HaveCount(lines.Count);
            for (int i = 0; i < lines.Count; i++) read[i].Bytes.Span.SequenceEqual(lines[i]).Should().BeTrue();
        }
    }

    [Fact]
    public void A_line_over_the_limit_is_skipped_with_its_size_and_the_rest_goes_on()
    {
        byte[] input = [.. "first\n"u8, .. new byte[20 * 1024 * 1024], .. "\nlast\n"u8];
        List<InputLine> lines = Read(input, 64, 65_536);
        lines.Select(line => line.Number).Should().Equal(1, 2, 3);
        lines.Select(line => line.SkippedSize).Should().Equal(0, 20 * 1024 * 1024, 0);
        Encoding.UTF8.GetString(lines[0].Bytes.Span).Should().Be("first");
        Encoding.UTF8.GetString(lines[2].Bytes.Span).Should().Be("last");
    }

    [Fact]
    public void Lines_before_a_skipped_one_keep_their_bytes()
    {
        string filler = new('y', 200);
        var input = new StringBuilder();
        for (int i = 0; i < 2000; i++) input.Append("line ").Append(i).Append('\n').Append(filler).Append('\n');
        List<InputLine> lines = Read(Encoding.UTF8.GetBytes(input.ToString()), 100, 333);
        for (int i = 0; i < 2000; i++)
        {
            Encoding.UTF8.GetString(lines[2 * i].Bytes.Span).Should().Be($"line {i}");
            lines[2 * i + 1].SkippedSize.Should().Be(200);
        }
    }

    [Fact]
    public void A_skipped_last_line_without_LF_counts()
    {
        List<InputLine> lines = Read(new byte[500], 100, 50);
        lines.Should().ContainSingle().Which.SkippedSize.Should().Be(500);
    }

    private static List<InputLine> Read(byte[] input, long lineSizeMax, int step)
    {
        using var stream = new SteppingStream(input, step);
        var reader = new LineReader(stream, lineSizeMax);
        var lines = new List<InputLine>();
        do
        {
            while (reader.TryNext(out InputLine line)) lines.Add(line);
        }
        while (reader.Fill());
        while (reader.TryNext(out InputLine line)) lines.Add(line);
        return lines;
    }

    /// <summary>A pipe that gives a few bytes at a time.</summary>
    private sealed class SteppingStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, step)]);
    }
}
