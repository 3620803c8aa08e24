using Fiq.Pipeline;

namespace Fiq.Cli.Tests.Pipeline;

public sealed class FileSourceTests : IDisposable
{
    private readonly SourceFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Interrupted_behind_any_line_it_goes_on_with_the_next()
    {
        string[] lines = ["one", "two", "?refused", "", "four", "last"];
        _file.Write(string.Join('\n', lines));
        _file.Run(linesMax: 1).Should().Be(FileStart.New);
        for (int run = 0; run < 3; run++) _file.Run(linesMax: 1).Should().Be(FileStart.Continued);
        _file.Run();
        _file.Run().Should().Be(FileStart.Continued);
        _file.Stored.Should().Equal("one", "two", "", "four", "last");
    }

    [Fact]
    public void A_file_that_grew_adds_its_new_lines_and_the_line_break_of_the_last_is_none()
    {
        _file.Write("one\ntwo");
        _file.Run();
        _file.Append("\n");
        _file.Run();
        _file.Append("three\nfour");
        _file.Run();
        _file.Append("\nfive\n");
        _file.Run();
        _file.Stored.Should().Equal("one", "two", "three", "four", "five");
    }

    [Theory]
    [InlineData("other\ntwo\nthree\n")]
    [InlineData("one\nTWO\nthree\n")]
    [InlineData("one\ntwo\nthrEE\n")]
    [InlineData("one\ntwo\n")]
    [InlineData("one\ntwo\nthre\nand more than there was\n")]
    public void Another_content_is_another_input_from_its_first_line(string content)
    {
        _file.Write("one\ntwo\nthree\n");
        _file.Run();
        _file.Write(content);
        _file.Run().Should().Be(FileStart.Replaced);
        _file.Stored.Skip(3).Should().Equal(content.TrimEnd('\n').Split('\n'));
        _file.Run().Should().Be(FileStart.Continued);
        _file.Stored.Should().HaveCount(3 + content.Count(each => each == '\n'));
    }

    [Fact]
    public void A_byte_that_differs_anywhere_in_what_was_read_makes_another_file()
    {
        string text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n"));
        _file.Write(text);
        _file.Run();
        _file.Write(text.Replace("line 2500\n", "lime 2500\n", StringComparison.Ordinal));
        _file.Run().Should().Be(FileStart.Replaced);
        _file.Stored.Should().HaveCount(10_000).And.Contain("lime 2500");
    }

    [Fact]
    public void Again_adds_all_lines_once_more_and_goes_on_there_when_interrupted()
    {
        _file.Write("one\ntwo\nthree\n");
        _file.Run();
        _file.Run(again: true, linesMax: 1).Should().Be(FileStart.Again);
        _file.Run().Should().Be(FileStart.Continued);
        _file.Stored.Should().Equal("one", "two", "three", "one", "two", "three");
    }

    [Fact]
    public void Line_numbers_and_counts_go_on()
    {
        _file.Write("one\n?bad\nthree\n");
        _file.Run();
        _file.Append("four\n");
        using FileSource source = _file.Open();
        source.StoredBefore.Should().Be(2);
        source.Fill().Should().BeTrue();
        source.TryNext(out InputLine line).Should().BeTrue();
        line.Number.Should().Be(4);
    }

    [Fact]
    public void A_line_over_the_limit_is_told_with_its_size_and_its_bytes_count()
    {
        _file.Write("one\n" + new string('x', 3_000_000) + "\nthree\n");
        _file.Run();
        _file.Stored.Should().Equal("one", "three");
        _file.Run().Should().Be(FileStart.Continued);
        _file.Stored.Should().HaveCount(2);
    }

    [Fact]
    public void A_file_that_is_cut_off_while_it_is_read_is_an_error()
    {
        _file.Write(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n")));
        using FileSource source = _file.Open();
        source.Fill().Should().BeTrue();
        _file.Write("short\n");
        Action read = () =>
        {
            while (source.Fill()) while (source.TryNext(out _)) continue;
        };
        read.Should().Throw<FiqException>().Which.Message.Should().Contain("was cut off or written anew");
    }

    [Fact]
    public void What_is_no_regular_file_is_refused()
    {
        Action open = () => FileSource.Open(
            new FileSourceOptions { Path = "/dev/null", LineSizeMax = 10 }, default);
        open.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.BadRequest);
    }

    [Fact]
    public void The_name_of_a_file_is_its_machine_and_path_and_a_long_one_ends_in_its_hash()
    {
        FileProducer.NameOf("9f", "/srv/orders.txt").ToString().Should().Be("file:9f:/srv/orders.txt");
        string path = "/" + new string('é', 300);
        string name = FileProducer.NameOf("9f", path).ToString();
        name.Should().StartWith("file:9f:/é").And.MatchRegex("#[0-9a-f]{64}$");
        FileProducer.NameOf("9f", path + "x").ToString().Should().NotBe(name);
        FileProducer.NameOf("9f", "/a\nb").ToString().Should().StartWith("file:9f:/a?b#");
    }
}
