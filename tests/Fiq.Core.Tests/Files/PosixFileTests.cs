using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class PosixFileTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_at_its_position()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Write("hello"u8, 10);
        byte[] buffer = new byte[32];
        file.Read(buffer, 10).Should().Be(5);
        buffer.AsSpan(0, 5).SequenceEqual("hello"u8).Should().BeTrue();
        file.Length.Should().Be(15);
        file.SyncData();
        file.Sync();
    }

    [Fact]
    public void Reading_behind_the_end_gives_nothing()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Write("abc"u8, 0);
        file.Read(new byte[8], 3).Should().Be(0);
        file.Read(new byte[8], 1_000_000).Should().Be(0);
    }

    // The kernel makes this file up, a page or so for each call; files on a disk are cut short too rarely for a test.
    [Fact]
    public void A_read_that_the_kernel_cuts_short_is_gone_on_with()
    {
        byte[] buffer = new byte[4 * 1024 * 1024];
        using var handle = File.OpenHandle("/proc/self/maps");
        int once = RandomAccess.Read(handle, buffer, 0);
        using IDirectory process = new PosixFileSystem().OpenDirectory($"/proc/{Environment.ProcessId}");
        using IFile maps = process.TryOpenFile("maps", writable: false)!;
        maps.Read(buffer, 0).Should().BeGreaterThan(2 * once);
    }

    [Fact]
    public void A_negative_position_is_an_error_with_its_number()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Invoking(f => f.Write("x"u8, -1)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.InvalidArgument);
        file.Invoking(f => f.Read(new byte[1], -1)).Should().Throw<FileSystemException>()
            .Which.Call.Should().Be("pread");
    }

    [Fact]
    public void Writing_to_a_file_opened_for_reading_fails()
    {
        _folder.Directory.CreateFile("a").Dispose();
        using IFile file = _folder.Directory.TryOpenFile("a", writable: false)!;
        file.Invoking(f => f.Write("x"u8, 0)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.BadDescriptor);
    }

    [Fact]
    public void Allocated_room_has_blocks_and_reads_as_zero()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Write("abc"u8, 0);
        file.Allocate(1 << 20);
        file.Length.Should().Be(1 << 20);
        file.AllocatedBytes.Should().BeGreaterThanOrEqualTo(1 << 20);
        byte[] buffer = new byte[PageSize];
        file.Read(buffer, 0).Should().Be(PageSize);
        buffer.AsSpan(0, 3).SequenceEqual("abc"u8).Should().BeTrue();
        buffer.AsSpan(3).ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Fact]
    public void Allocating_less_than_there_is_changes_nothing()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Write(new byte[PageSize], 0);
        file.Allocate(10);
        file.Length.Should().Be(PageSize);
    }

    [Fact]
    public void A_cut_file_reads_zeros_when_it_grows_again()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Write("abcdef"u8, 0);
        file.SetLength(2);
        file.SetLength(6);
        byte[] buffer = new byte[6];
        file.Read(buffer, 0).Should().Be(6);
        buffer.AsSpan().SequenceEqual("ab\0\0\0\0"u8).Should().BeTrue();
    }

    [Fact]
    public void Data_is_found_behind_a_hole_and_nothing_behind_the_last()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Write(new byte[] { 1 }, 64 * PageSize);
        file.SetLength(128 * PageSize);
        long found = file.FindData(0) ?? -1;
        found.Should().BeInRange(0, 64 * PageSize);
        file.FindData(65 * PageSize).Should().BeNull();
        file.FindData(1_000 * PageSize).Should().BeNull();
    }

    [Fact]
    public void Written_bytes_are_data_though_the_file_was_allocated_before()
    {
        using IFile file = _folder.Directory.CreateFile("a");
        file.Allocate(1 << 20);
        file.Write(new byte[] { 1 }, 5 * PageSize + 7);
        file.FindData(0).Should().BeInRange(0, 5 * PageSize + 7, "whoever looks for data must not miss any");
        file.FindData(5 * PageSize).Should().BeInRange(5 * PageSize, 5 * PageSize + 7);
    }

    [Fact]
    public void A_disposed_file_refuses_every_call()
    {
        IFile file = _folder.Directory.CreateFile("a");
        file.Dispose();
        file.Dispose();
        using IFile other = _folder.Directory.CreateFile("b");
        file.Invoking(f => f.Write("x"u8, 0)).Should().Throw<ObjectDisposedException>();
        file.Invoking(f => f.SyncData()).Should().Throw<ObjectDisposedException>();
        file.Invoking(f => f.TryLock(0, true)).Should().Throw<ObjectDisposedException>();
        file.Invoking(f => f.Length).Should().Throw<ObjectDisposedException>();
        other.Length.Should().Be(0);
    }

    [Fact]
    public void A_name_that_was_replaced_is_another_file()
    {
        using IFile old = _folder.Directory.CreateFile("a");
        _folder.Directory.CreateFile("b").Dispose();
        _folder.Directory.Rename("b", "a");
        _folder.Directory.TryStatus("a")!.Value.Identity.Should().NotBe(old.Identity);
    }
}
