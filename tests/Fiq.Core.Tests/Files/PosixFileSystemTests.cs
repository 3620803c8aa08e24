using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class PosixFileSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_boot_is_the_kernels()
    {
        string text = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        _folder.Files.BootId.ToString().Should().Be(text);
    }

    [Fact]
    public void Missing_parents_are_created()
    {
        using IDirectory made = _folder.Files.CreateDirectory(_folder.PathOf("a/b/c/"));
        made.CreateFile("file").Dispose();
        File.Exists(_folder.PathOf("a/b/c/file")).Should().BeTrue();
    }

    [Fact]
    public void A_directory_that_is_there_is_opened()
    {
        using IDirectory made = _folder.Files.CreateDirectory(_folder.Path);
        made.Identity.Should().Be(_folder.Directory.Identity);
    }

    [Fact]
    public void Many_may_create_the_same_directory_at_once()
    {
        var identities = new System.Collections.Concurrent.ConcurrentBag<FileIdentity>();
        Parallel.For(0, 64, _ =>
        {
            using IDirectory made = _folder.Files.CreateDirectory(_folder.PathOf("a/b/c"));
            identities.Add(made.Identity);
        });
        identities.Distinct().Should().HaveCount(1);
    }

    [Fact]
    public void A_missing_directory_is_no_entry()
    {
        _folder.Files.Invoking(f => f.OpenDirectory(_folder.PathOf("a"))).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.NoEntry);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/")]
    [InlineData("link//")]
    public void A_link_in_the_last_part_is_not_followed(string name)
    {
        Directory.CreateDirectory(_folder.PathOf("real"));
        File.CreateSymbolicLink(_folder.PathOf("link"), "real");
        string path = _folder.PathOf(name);
        _folder.Files.Invoking(f => f.OpenDirectory(path)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.TooManyLinks);
        _folder.Files.Invoking(f => f.CreateDirectory(path)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.TooManyLinks);
    }

    [Fact]
    public void A_link_in_a_parent_is_followed()
    {
        Directory.CreateDirectory(_folder.PathOf("real/inner"));
        File.CreateSymbolicLink(_folder.PathOf("link"), "real");
        using IDirectory opened = _folder.Files.OpenDirectory(_folder.PathOf("link/inner"));
        using IDirectory made = _folder.Files.CreateDirectory(_folder.PathOf("link/new/deep"));
        Directory.Exists(_folder.PathOf("real/new/deep")).Should().BeTrue();
    }

    [Fact]
    public void A_file_in_the_way_is_not_a_directory()
    {
        File.WriteAllText(_folder.PathOf("file"), "");
        foreach (string path in new[] { _folder.PathOf("file"), _folder.PathOf("file/inner") })
        {
            _folder.Files.Invoking(f => f.OpenDirectory(path)).Should().Throw<FileSystemException>()
                .Which.Errno.Should().Be(Errno.NotADirectory);
            _folder.Files.Invoking(f => f.CreateDirectory(path)).Should().Throw<FileSystemException>()
                .Which.Errno.Should().Be(Errno.NotADirectory);
        }
    }

    [Fact]
    public void The_root_and_a_relative_path_can_be_opened()
    {
        _folder.Files.OpenDirectory("/").Dispose();
        _folder.Files.OpenDirectory(".").Dispose();
        _folder.Files.Invoking(f => f.OpenDirectory("")).Should().Throw<ArgumentException>();
    }
}
