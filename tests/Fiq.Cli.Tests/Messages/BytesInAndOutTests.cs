using System.Text;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Messages;

/// <summary>Bytes are bytes: what is produced is what is consumed, through the commands and a queue on disk.</summary>
public sealed class BytesInAndOutTests : IDisposable
{
    private readonly string _store = Directory.CreateTempSubdirectory("fiq-test-").FullName;

    public void Dispose() => Directory.Delete(_store, recursive: true);

    [Fact]
    public async Task Every_byte_of_a_raw_line_comes_out_as_it_went_in()
    {
        byte[][] bodies = [.. Awkward(), .. EveryByte(), .. Noise()];
        byte[] input = [.. bodies.SelectMany(body => body.Append((byte)'\n'))];
        (await RunAsync(input, "produce", "q", "--raw", "-q")).Exit.Should().Be(ExitCode.Done);
        (await RunAsync([], "consume", "q", "--raw", "--until-empty", "-q")).Output.Should().Equal(input);
    }

    [Fact]
    public async Task A_last_line_without_its_line_break_is_a_message_too()
    {
        (await RunAsync("one\r\n\nlast\r"u8.ToArray(), "produce", "q", "--raw", "-q")).Exit.Should().Be(ExitCode.Done);
        (await RunAsync([], "consume", "q", "--raw", "--until-empty", "-q")).Output
            .Should().Equal("one\r\n\nlast\r\n"u8.ToArray());
    }

    [Fact]
    public async Task The_body_of_a_text_line_keeps_every_byte_but_the_line_break()
    {
        byte[][] bodies = [.. Awkward().Where(body => body.Length > 0), .. Noise().Where(body => body.Length > 0)];
        byte[] input = [.. bodies.SelectMany(body => (byte[])[.. "k:"u8, .. body, .. ":0\n"u8])];
        (await RunAsync(input, "produce", "q", "-q")).Exit.Should().Be(ExitCode.Done);
        (await RunAsync([], "consume", "q", "--raw", "--until-empty", "-q")).Output
            .Should().Equal([.. bodies.SelectMany(body => body.Append((byte)'\n'))]);
    }

    [Fact]
    public async Task What_is_printed_as_JSON_and_produced_again_is_the_same_bytes()
    {
        byte[][] bodies = [.. Awkward(), .. EveryByte(), .. Noise()];
        byte[] input = [.. bodies.SelectMany(body => body.Append((byte)'\n'))];
        await RunAsync(input, "produce", "first", "--raw", "-q", "--key", "k");
        byte[] printed = (await RunAsync([], "consume", "first", "--json", "--until-empty", "-q")).Output;
        (await RunAsync(printed, "produce", "second", "--input", "json", "-q")).Exit.Should().Be(ExitCode.Done);
        (await RunAsync([], "consume", "second", "--raw", "--until-empty", "-q")).Output.Should().Equal(input);
    }

    [Fact]
    public async Task A_line_of_a_gibibyte_costs_no_memory_and_the_lines_around_it_are_stored()
    {
        const long Size = 1L << 30;
        await RunAsync([], "queue", "create", "q", "--max-message-bytes", "1KiB");
        using var source = new LongLine("first\n"u8.ToArray(), Size, "\nlast\n"u8.ToArray());
        long before = GC.GetTotalAllocatedBytes();
        (ExitCode exit, _, string errors) = await RunAsync(source, "produce", "q", "--raw");
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(Size / 16);
        exit.Should().Be(ExitCode.SomeRefused);
        errors.Should().Contain($"line 2: the line has {Size} bytes, a message at most 1024");
        (await RunAsync([], "consume", "q", "--raw", "--until-empty", "-q")).Output
            .Should().Equal("first\nlast\n"u8.ToArray());
    }

    private static IEnumerable<byte[]> Awkward() =>
    [
        [], [0], [0, 0, 0], "\r"u8.ToArray(), "\r\r"u8.ToArray(), "a\rb"u8.ToArray(), "exit "u8.ToArray(),
        [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, (byte)'a'], [0xFF, 0xFE], [(byte)'a', 0xFF, (byte)'b'], [0xC3],
        [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        Encoding.UTF8.GetBytes("\u2028\u2029\u0085\ufffd"), Encoding.UTF8.GetBytes("\ud83d\ude00"),
        "\"quoted\""u8.ToArray(), "{\"body\":1}"u8.ToArray(), "\\n\\u0000"u8.ToArray(),
        "  blanks\t "u8.ToArray(), ":::"u8.ToArray(), "\e[2J"u8.ToArray(), "%00%0a"u8.ToArray(),
    ];

    private static IEnumerable<byte[]> EveryByte() =>
        from value in Enumerable.Range(0, 256)
        where value != '\n'
        select (byte[])[(byte)value, (byte)'x', (byte)value];

    private static IEnumerable<byte[]> Noise()
    {
        var random = new Random(11);
        for (int i = 0; i < 300; i++)
        {
            byte[] body = new byte[random.Next(i < 290 ? 400 : 200_000)];
            random.NextBytes(body);
            body.AsSpan().Replace((byte)'\n', (byte)0);
            yield return body;
        }
    }

    private async Task<(ExitCode Exit, byte[] Output, string Errors)> RunAsync(byte[] input, params string[] args)
    {
        using var source = new MemoryStream(input);
        return await RunAsync(source, args);
    }

    private async Task<(ExitCode Exit, byte[] Output, string Errors)> RunAsync(Stream input, params string[] args)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var line = new CommandLine(new Streams(input, output, errors), _ => null, _ => FolderEngine.Open(_store));
        ExitCode exit = await line.RunAsync([.. args, "--store", _store]);
        return (exit, output.ToArray(), Encoding.UTF8.GetString(errors.ToArray()));
    }

    /// <summary>A pipe through which one very long line comes.</summary>
    private sealed class LongLine(byte[] before, long size, byte[] behind) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => before.Length + size + behind.Length;

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(buffer.Length, Length - _at);
            if (_at >= before.Length && _at + count <= before.Length + size)
                buffer[..count].Fill((byte)'x');
            else
                for (int i = 0; i < count; i++) buffer[i] = At(_at + i);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private byte At(long at) => at < before.Length ? before[at]
            : at < before.Length + size ? (byte)'x'
            : behind[at - before.Length - size];
    }
}
