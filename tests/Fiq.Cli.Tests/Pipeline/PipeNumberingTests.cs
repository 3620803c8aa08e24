using System.Text;
using Fiq.Pipeline;

namespace Fiq.Cli.Tests.Pipeline;

public sealed class PipeNumberingTests
{
    private static readonly ProducerName Name = ProducerName.Parse("nightly");

    private ProducerPosition _last;

    [Theory]
    [InlineData("a\nb\n")]
    [InlineData("a\nb")]
    [InlineData("a\nb\nc\n")]
    [InlineData("a\n")]
    public void The_same_input_longer_or_shorter_has_the_same_numbers(string again)
    {
        Send("a\nb\n").Should().Equal(1, 2);
        Send(again).Should().Equal(Enumerable.Range(1, again.TrimEnd().Split('\n').Length).Select(i => (ulong)i));
    }

    [Theory]
    [InlineData("a\nx\n")]
    [InlineData("x\nb\nc\n")]
    [InlineData("a\n?\nc\n")]
    public void Another_input_under_the_name_is_refused_before_anything_of_it_is_stored(string other)
    {
        Send("a\nb\n");
        ProducerPosition before = _last;
        Action send = () => Send(other);
        send.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.BadRequest);
        _last.Should().Be(before);
    }

    private List<ulong> Send(string input)
    {
        var numbering = new PipeNumbering(Name, _last);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
        var reader = new LineReader(stream, 100, taken: numbering.Take);
        var sent = new List<Message>();
        do
        {
            while (reader.TryNext(out InputLine line))
                if (!line.Bytes.Span.SequenceEqual("?"u8)) sent.Add(numbering.Number(new Message(), line));
        }
        while (reader.Fill() || reader.HasRest);
        Message last = sent[^1];
        if (last.Sequence > _last.Sequence) _last = new ProducerPosition(last.Sequence, 0, last.ProducerNote);
        return [.. sent.Select(message => message.Sequence)];
    }
}
