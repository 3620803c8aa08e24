using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private IDirectory Directory => _folder.Directory;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_has_its_content_then_zeros_and_real_blocks()
    {
        WholeFile.TryCreate(Directory, "t", "a", "hello"u8, 200_000).Should().BeTrue();
        Directory.List().Should().Equal("a");
        byte[] bytes = File.ReadAllBytes(_folder.PathOf("a"));
        bytes.Should().HaveCount(200_000);
        bytes.AsSpan(0, 5).SequenceEqual("hello"u8).Should().BeTrue();
        bytes.AsSpan(5).ContainsAnyExcept((byte)0).Should().BeFalse();
        using IFile file = Directory.TryOpenFile("a", writable: true)!;
        file.AllocatedBytes.Should().BeGreaterThanOrEqualTo(200_000);
        file.Map(200_000, writable: true).Dispose();
    }

    [Fact]
    public void It_may_be_exactly_its_content_or_empty()
    {
        WholeFile.Replace(Directory, "t", "a", "hello"u8, 5);
        WholeFile.Replace(Directory, "t", "b", default, 0);
        File.ReadAllText(_folder.PathOf("a")).Should().Be("hello");
        Directory.TryStatus("b")!.Value.Length.Should().Be(0);
    }

    [Fact]
    public void A_taken_name_is_left_alone_or_replaced_as_asked()
    {
        WholeFile.TryCreate(Directory, "t", "a", "one"u8, 3).Should().BeTrue();
        WholeFile.TryCreate(Directory, "t", "a", "two"u8, 3).Should().BeFalse();
        File.ReadAllText(_folder.PathOf("a")).Should().Be("one");
        WholeFile.Replace(Directory, "t", "a", "two"u8, 3);
        File.ReadAllText(_folder.PathOf("a")).Should().Be("two");
        Directory.List().Should().Equal("a");
    }

    [Fact]
    public void A_left_over_of_the_temporary_name_is_no_obstacle()
    {
        File.WriteAllText(_folder.PathOf("t"), "left over, and longer than what comes");
        WholeFile.TryCreate(Directory, "t", "a", "new"u8, 3).Should().BeTrue();
        File.ReadAllText(_folder.PathOf("a")).Should().Be("new");
    }

    [Fact]
    public void A_failed_rename_leaves_nothing_behind()
    {
        Directory.CreateDirectory("a").Dispose();
        Directory.Invoking(d => WholeFile.Replace(d, "t", "a", "new"u8, 3)).Should().Throw<FileSystemException>();
        Directory.List().Should().Equal("a");
    }

    [Fact]
    public void A_length_below_the_content_is_refused()
    {
        Directory.Invoking(d => WholeFile.Replace(d, "t", "a", "new"u8, 2)).Should().Throw<ArgumentException>();
        Directory.List().Should().BeEmpty();
    }
}
