using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class PosixDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private IDirectory Directory => _folder.Directory;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_not_there_is_null_or_false()
    {
        Directory.TryStatus("a").Should().BeNull();
        Directory.TryOpenFile("a", writable: true).Should().BeNull();
        Directory.TryOpenDirectory("a").Should().BeNull();
        Directory.TryUnlink("a").Should().BeFalse();
        Directory.TryRemoveDirectory("a").Should().BeFalse();
    }

    [Fact]
    public void The_list_names_every_entry_once_and_not_itself()
    {
        string[] names = [.. Enumerable.Range(0, 2_000).Select(i => $"file-{i}-ä"), "folder"];
        foreach (string name in names[..^1]) Directory.CreateFile(name).Dispose();
        Directory.CreateDirectory("folder").Dispose();
        Directory.List().Order(StringComparer.Ordinal).Should().Equal(names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_list_can_be_asked_again_and_sees_what_is_new()
    {
        Directory.List().Should().BeEmpty();
        Directory.CreateFile("a").Dispose();
        Directory.List().Should().Equal("a");
        Directory.List().Should().Equal("a");
    }

    [Fact]
    public void The_status_tells_files_directories_and_links_apart()
    {
        using IFile file = Directory.CreateFile("file");
        file.Write("abc"u8, 0);
        Directory.CreateDirectory("folder").Dispose();
        File.CreateSymbolicLink(_folder.PathOf("link"), "file");
        Directory.TryStatus("file").Should().Be(new EntryStatus(EntryKind.File, file.Identity, 3, 1));
        Directory.TryStatus("folder")!.Value.Kind.Should().Be(EntryKind.Directory);
        Directory.TryStatus("link")!.Value.Kind.Should().Be(EntryKind.Other);
    }

    [Fact]
    public void A_file_is_created_once()
    {
        Directory.CreateFile("a").Dispose();
        Directory.Invoking(d => d.CreateFile("a")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.Exists);
        Directory.Invoking(d => d.CreateDirectory("a")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.Exists);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/etc")]
    [InlineData("a\0b")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        Directory.Invoking(d => d.TryStatus(name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.TryOpenFile(name, true)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.CreateFile(name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.TryOpenDirectory(name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.CreateDirectory(name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.Rename("x", name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.TryRenameNoReplace(name, "x")).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.TryLink("x", name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.TryUnlink(name)).Should().Throw<ArgumentException>();
        Directory.Invoking(d => d.TryRemoveDirectory(name)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_rename_replaces_and_leaves_one_name()
    {
        using IFile kept = Directory.CreateFile("new");
        Directory.CreateFile("old").Dispose();
        Directory.Rename("new", "old");
        Directory.List().Should().Equal("old");
        Directory.TryStatus("old")!.Value.Identity.Should().Be(kept.Identity);
    }

    [Fact]
    public void A_rename_without_replacing_changes_nothing_when_the_name_is_taken()
    {
        using IFile first = Directory.CreateFile("a");
        using IFile second = Directory.CreateFile("b");
        Directory.TryRenameNoReplace("a", "b").Should().BeFalse();
        Directory.TryStatus("a")!.Value.Identity.Should().Be(first.Identity);
        Directory.TryStatus("b")!.Value.Identity.Should().Be(second.Identity);
        Directory.TryRenameNoReplace("a", "c").Should().BeTrue();
        Directory.List().Should().BeEquivalentTo("b", "c");
    }

    [Fact]
    public void A_link_is_one_more_name_of_the_same_file_and_takes_no_name_away()
    {
        using IFile file = Directory.CreateFile("a");
        Directory.CreateFile("taken").Dispose();
        Directory.TryLink("a", "taken").Should().BeFalse();
        Directory.TryStatus("taken")!.Value.Identity.Should().NotBe(file.Identity);
        Directory.TryLink("a", "b").Should().BeTrue();
        Directory.TryStatus("a").Should().Be(Directory.TryStatus("b"));
        Directory.TryStatus("b")!.Value.LinkCount.Should().Be(2);
        Directory.TryUnlink("a").Should().BeTrue();
        Directory.TryStatus("b")!.Value.Identity.Should().Be(file.Identity);
        Directory.Invoking(d => d.TryLink("a", "c")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.NoEntry);
    }

    [Fact]
    public void Renaming_what_is_not_there_is_an_error()
    {
        Directory.Invoking(d => d.Rename("a", "b")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.NoEntry);
        Directory.Invoking(d => d.TryRenameNoReplace("a", "b")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.NoEntry);
    }

    [Fact]
    public void A_directory_with_something_in_it_is_not_removed()
    {
        using (IDirectory inner = Directory.CreateDirectory("inner"))
        {
            inner.CreateFile("a").Dispose();
            Directory.Invoking(d => d.TryRemoveDirectory("inner")).Should().Throw<FileSystemException>()
                .Which.Errno.Should().Be(Errno.NotEmpty);
            inner.TryUnlink("a").Should().BeTrue();
        }

        Directory.TryRemoveDirectory("inner").Should().BeTrue();
    }

    [Fact]
    public void It_stays_the_same_directory_when_its_path_is_renamed()
    {
        using IDirectory inner = Directory.CreateDirectory("before");
        Directory.Rename("before", "after");
        inner.CreateFile("a").Dispose();
        File.Exists(_folder.PathOf("after/a")).Should().BeTrue();
        using IDirectory again = Directory.TryOpenDirectory("after")!;
        again.Identity.Should().Be(inner.Identity);
    }

    [Fact]
    public void Its_lock_keeps_another_description_out_until_it_is_disposed()
    {
        using IDirectory second = _folder.Files.OpenDirectory(_folder.Path);
        using (IDirectory first = _folder.Files.OpenDirectory(_folder.Path))
        {
            first.TryLockExclusive().Should().BeTrue();
            first.TryLockExclusive().Should().BeTrue("what is held is held");
            second.TryLockExclusive().Should().BeFalse();
        }

        second.TryLockExclusive().Should().BeTrue();
    }

    [Fact]
    public void Its_lock_is_freed_when_the_process_that_holds_it_is_killed()
    {
        using System.Diagnostics.Process holder = TestSystem.Start(
            "flock", "--no-fork", _folder.Path, "sh", "-c", "echo held; exec sleep 1000");
        holder.StandardOutput.ReadLine().Should().Be("held");
        Directory.TryLockExclusive().Should().BeFalse();
        holder.Kill();
        holder.WaitForExit();
        Directory.TryLockExclusive().Should().BeTrue();
    }

    [Fact]
    public void It_syncs_and_tells_the_room_that_is_free()
    {
        Directory.Sync();
        Directory.FreeBytes().Should().BePositive();
    }

    [Fact]
    public void Its_facts_are_those_of_the_folder()
    {
        DirectoryFacts facts = Directory.Facts();
        facts.IsOwn.Should().BeTrue();
        facts.OwnerUserId.Should().Be(TestSystem.UserId());
        facts.Mode.Should().Be(0b111_000_000);
        facts.FileSystemType.Should().NotBe(0);
    }
}
