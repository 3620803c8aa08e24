using Fiq.Files;

namespace Fiq.Tests.Files;

/// <summary>Each error of the kernel reaches the caller with its number, where durability rests on it.</summary>
public sealed class FileErrorTests : IDisposable
{
    private const int Detach = 2;
    private const int PageSize = 4096;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public unsafe void What_can_not_be_synced_is_an_error()
    {
        int* ends = stackalloc int[2];
        LibcFiles.Pipe(ends, Abi.OpenCloseOnExec).Should().Be(0);
        using var reading = new Descriptor(ends[0]);
        using var pipe = new PosixFile(new Descriptor(ends[1]), "pipe", "pipe");
        pipe.Invoking(f => f.Sync()).Should().Throw<FileSystemException>()
            .Where(e => e.Errno == Errno.InvalidArgument && e.Call == "fsync");
        pipe.Invoking(f => f.SyncData()).Should().Throw<FileSystemException>()
            .Where(e => e.Errno == Errno.InvalidArgument && e.Call == "fdatasync");
    }

    [Fact]
    public void A_device_that_is_always_full_says_so()
    {
        int number = LibcFiles.Open(
            Descriptor.WorkingFolder, "/dev/full", Abi.OpenReadWrite | Abi.OpenCloseOnExec, 0);
        using var full = new PosixFile(new Descriptor(number), "full", "/dev/full");
        FileSystemException error = full.Invoking(f => f.Write("x"u8, 0))
            .Should().Throw<FileSystemException>().Which;
        error.IsNoSpace.Should().BeTrue();
        error.ToFiqException().Code.Should().Be(ErrorCode.DiskFull);
        error.Message.Should().Contain("/dev/full").And.Contain("No space left");
    }

    [MountFact]
    public void On_a_full_disk_nothing_is_allocated_written_or_mapped()
    {
        string small = Directory.CreateDirectory(_folder.PathOf("small")).FullName;
        TestSystem.Mount("tmpfs", small, "tmpfs", 0, "size=256k,mode=700").Should().Be(0);
        try
        {
            using IDirectory directory = _folder.Files.OpenDirectory(small);
            using IFile file = directory.CreateFile("a");
            NoSpace(() => file.Allocate(1 << 20));
            NoSpace(() => file.Write(new byte[1 << 20], 0));
            NoSpace(() => WholeFile.Replace(directory, "t", "b", "x"u8, 1 << 20));
            directory.List().Should().Equal("a");
            file.SetLength(0);
            file.Allocate(16 * PageSize);
            directory.FreeBytes().Should().BeLessThanOrEqualTo((256 * 1024) - (16 * PageSize));
            file.Write(new byte[16 * PageSize], 0);
        }
        finally
        {
            TestSystem.Unmount(small, Detach);
        }

        static void NoSpace(Action action) => action.Should().Throw<FileSystemException>()
            .Which.ToFiqException().Code.Should().Be(ErrorCode.DiskFull);
    }

    [Theory]
    [InlineData(Errno.NoSpace, ErrorCode.DiskFull)]
    [InlineData(Errno.QuotaExceeded, ErrorCode.DiskFull)]
    [InlineData(Errno.FileTooBig, ErrorCode.DiskFull)]
    [InlineData(Errno.ReadOnlyFileSystem, ErrorCode.ReadOnly)]
    [InlineData(Errno.AccessDenied, ErrorCode.Forbidden)]
    [InlineData(Errno.NotPermitted, ErrorCode.Forbidden)]
    [InlineData(Errno.TooManyLinks, ErrorCode.Forbidden)]
    [InlineData(Errno.InputOutput, ErrorCode.Failed)]
    internal void Each_error_number_has_its_code(Errno errno, ErrorCode code)
    {
        FileSystemException error = SystemError.Of("call", "/path", errno);
        error.ToFiqException().Code.Should().Be(code);
        error.ToFiqException().InnerException.Should().BeSameAs(error);
        error.Message.Should().Contain("call /path: ").And.Contain($"errno {(int)errno}");
    }
}
