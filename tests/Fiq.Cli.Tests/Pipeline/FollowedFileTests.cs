using Fiq.Pipeline;

namespace Fiq.Cli.Tests.Pipeline;

/// <summary>A file that grows and is replaced while it is read. Each test ends when all its lines have come.</summary>
public sealed class FollowedFileTests : IDisposable
{
    private readonly SourceFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_line_without_its_line_break_waits_for_it()
    {
        _file.Write("one\ntw");
        using FileSource source = _file.Open(follow: true);
        Follow(source, 1);
        _file.Append("o");
        _file.Append("\nthree\n");
        Follow(source, 3);
        _file.Stored.Should().Equal("one", "two", "three");
    }

    [Fact]
    public void A_renamed_file_is_read_to_its_end_and_then_the_new_one()
    {
        _file.Write("one\ntwo\n");
        using FileSource source = _file.Open(follow: true);
        Follow(source, 2);
        File.Move(_file.Path, _file.PathOf("input.txt.1"));
        File.AppendAllText(_file.PathOf("input.txt.1"), "three\nfour");
        _file.Write("five\n");
        Follow(source, 5);
        File.Move(_file.Path, _file.PathOf("input.txt.2"));
        _file.Write("five\n");
        Follow(source, 6);
        _file.Stored.Should().Equal("one", "two", "three", "four", "five", "five");
        _file.Told.Should().HaveCount(2).And.AllSatisfy(told => told.Should().Contain("was rotated"));
    }

    [Theory]
    [InlineData("new\n")]
    [InlineData("another beginning and more of it than there ever was before\n")]
    public void A_file_that_is_cut_off_and_filled_again_is_a_new_one(string content)
    {
        _file.Write("one\ntwo\n");
        using FileSource source = _file.Open(follow: true);
        Follow(source, 2);
        _file.Write(content);
        Follow(source, 3);
        _file.Append("more\n");
        Follow(source, 4);
        _file.Stored.Should().Equal("one", "two", content.TrimEnd(), "more");
    }

    [Fact]
    public void An_inode_that_is_used_again_is_no_sign_of_the_same_file()
    {
        _file.Write("one\n");
        using (FileSource source = _file.Open(follow: true)) Follow(source, 1);
        File.Delete(_file.Path);
        _file.Write("new\n");
        using (FileSource source = _file.Open(follow: true)) Follow(source, 2);
        _file.Stored.Should().Equal("one", "new");
    }

    [Fact]
    public void Interrupted_before_a_rotation_the_rest_of_the_old_file_comes_first()
    {
        _file.Write("one\ntwo\nthree\n");
        _file.Run(linesMax: 2);
        File.Move(_file.Path, _file.PathOf("input.txt.1"));
        _file.Write("four\n");
        using FileSource source = _file.Open(follow: true);
        Follow(source, 4);
        _file.Stored.Should().Equal("one", "two", "three", "four");
    }

    /// <summary>Reads on until so many lines are stored.</summary>
    private void Follow(FileSource source, int count)
    {
        while (_file.Stored.Count < count)
        {
            while (source.TryNext(out InputLine line)) _file.Store(source, line);
            if (_file.Stored.Count < count) source.Fill();
        }
    }
}
