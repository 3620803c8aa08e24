using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class StoreFolderTests : IDisposable
{
    private const uint Ext4 = 0xEF53;
    private const uint Tmpfs = 0x01021994;
    private const uint Nfs = 0x6969;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_our_own_is_opened_and_a_missing_one_is_null()
    {
        using IDirectory? opened = StoreFolder.TryOpen(_folder.Files, _folder.Path, false, out _);
        opened!.Identity.Should().Be(_folder.Directory.Identity);
        StoreFolder.TryOpen(_folder.Files, _folder.PathOf("a"), false, out string? warning).Should().BeNull();
        warning.Should().BeNull();
    }

    [Fact]
    public void A_missing_folder_is_created_with_its_parents()
    {
        using IDirectory made = StoreFolder.OpenOrCreate(_folder.Files, _folder.PathOf("a/b"), false, out _);
        Directory.Exists(_folder.PathOf("a/b")).Should().BeTrue();
    }

    [Theory]
    [InlineData(0b111_010_000)]
    [InlineData(0b111_000_010)]
    [InlineData(0b111_111_111)]
    public void A_folder_that_others_may_write_to_is_forbidden(int mode)
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)mode);
        FiqException error = Refused(_folder.Path);
        error.Code.Should().Be(ErrorCode.Forbidden);
        error.Hint.Should().EndWith($"chmod 700 {_folder.Path}");
    }

    [Fact]
    public void A_folder_that_others_may_read_is_fine()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        StoreFolder.TryOpen(_folder.Files, _folder.Path, false, out _)!.Dispose();
    }

    [RootFact]
    public void A_folder_of_another_user_is_forbidden_even_to_root()
    {
        TestSystem.ChangeOwner(_folder.Path, 65_534, 65_534).Should().Be(0);
        Refused(_folder.Path).Code.Should().Be(ErrorCode.Forbidden);
    }

    [Fact]
    public void A_file_is_not_a_store()
    {
        File.WriteAllText(_folder.PathOf("file"), "");
        FiqException error = Refused(_folder.PathOf("file"));
        error.Code.Should().Be(ErrorCode.BadRequest);
        error.Message.Should().Contain("is not a folder");
        Refused(_folder.PathOf("file/inner")).Code.Should().Be(ErrorCode.BadRequest);
    }

    [Fact]
    public void A_link_is_not_a_store()
    {
        File.CreateSymbolicLink(_folder.PathOf("link"), _folder.Path);
        Refused(_folder.PathOf("link")).Code.Should().Be(ErrorCode.Forbidden);
    }

    [Fact]
    public void A_good_file_system_needs_no_words_and_memory_gets_a_warning()
    {
        Check(Ext4, allowUnsafe: false).Should().BeNull();
        Check(Tmpfs, allowUnsafe: false).Should().Contain("tmpfs").And.Contain("memory");
    }

    [Fact]
    public void A_network_is_refused_unless_asked_for_and_then_a_warning()
    {
        FiqException error = this.Invoking(_ => Check(Nfs, allowUnsafe: false)).Should().Throw<FiqException>().Which;
        error.Code.Should().Be(ErrorCode.Unsupported);
        error.Message.Should().Contain("nfs").And.Contain("locks");
        Check(Nfs, allowUnsafe: true).Should().Contain("nfs").And.Contain("locks");
    }

    private static string? Check(uint type, bool allowUnsafe) =>
        StoreFolder.Check(new FactualDirectory(new DirectoryFacts(1, true, 0b111_000_000, type)), allowUnsafe);

    private FiqException Refused(string path) =>
        _folder.Files.Invoking(f => StoreFolder.TryOpen(f, path, false, out _)).Should().Throw<FiqException>().Which;
}
